using OrleansRelay.Chaos.Faults;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Reports;

/// <summary>Makes the report of a run from what everyone saw.</summary>
internal static class ReportMaker
{
    /// <summary>Channels of the run hold 30,000 messages and 8 MiB, which is more than a run of ten minutes publishes.</summary>
    private const long HeldAtLeast = 25_000;

    /// <summary>Longest publish pauses that are allowed, in seconds, with what they are made of.</summary>
    private static readonly (FaultKind Kind, double Limit, string Why)[] PauseLimits =
    [
        (FaultKind.Kill, 10, "after a kill -9, p99"),
        (FaultKind.Terminate, 2, "after a SIGTERM, longest"),

        // A paused gateway is noticed by its publishers when no acknowledgement comes for 6 s, and they come back within a second;
        // a paused silo is a dead one, with calls to it that had been begun and wait for their time-out.
        (FaultKind.Pause, 12, "after a SIGSTOP, p99"),

        // Channels don't need the database to run.
        (FaultKind.Postgres, 1, "while PostgreSQL is away, longest"),
    ];

    /// <summary>Makes it.</summary>
    /// <param name="settings">What the run was made of.</param>
    /// <param name="histories">What everyone saw.</param>
    /// <param name="faults">What was done.</param>
    /// <param name="publishingEndedAt">When the last message was published.</param>
    public static ChaosReport Make(ChaosSettings settings, IReadOnlyList<ChannelHistory> histories, IReadOnlyList<Fault> faults, long publishingEndedAt)
    {
        var checker = new HistoryChecker(HeldAtLeast);
        var channels = histories.Select(checker.Check).ToArray();
        var impacts = new FaultImpacts(faults, publishingEndedAt).Of(histories);

        // Who joined after the end got history, which has no latency.
        var messages = histories.SelectMany(history => history.Viewers).Where(viewer => viewer.Events is [{ } first, ..] && first.At < publishingEndedAt)
            .SelectMany(viewer => viewer.Events.OfType<MessageSeen>()).ToArray();
        return new ChaosReport
        {
            Settings = settings,
            Channels = channels,
            Impacts = impacts,
            Latency = Milliseconds(messages),
            LatencyInPeace = Milliseconds(messages.Where(message => !IsInFault(message.SentAt, faults))),
            LatencyInFaults = Milliseconds(messages.Where(message => IsInFault(message.SentAt, faults))),
            Closes = CountCloses(histories),
            Lines = [.. RuleLines(channels), .. PauseLines(impacts), .. FaultLines(faults)],
        };
    }

    private static IEnumerable<VerdictLine> RuleLines(ChannelVerdict[] channels)
    {
        foreach (var rule in Enum.GetValues<Rule>())
        {
            var found = channels.Sum(channel => channel.Findings.Count(finding => finding.Rule == rule));
            yield return new VerdictLine($"0 {rule}", found.ToString("N0", null), found == 0);
        }

        var epochs = channels.Count(channel => channel.Epochs > 1);
        yield return new VerdictLine("0 channels that lost their epoch", $"{epochs}", epochs == 0);
    }

    private static IEnumerable<VerdictLine> PauseLines(FaultImpact[] impacts)
    {
        foreach (var (kind, limit, why) in PauseLimits)
        {
            var pauses = Percentiles.Of(ChaosReport.OfKind(impacts, kind).SelectMany(impact => impact.PublishPauses));
            var found = why.EndsWith("p99", StringComparison.Ordinal) ? pauses.P99 : pauses.Max;
            yield return new VerdictLine($"publish pause {why}, at most {limit:0} s", pauses.Count == 0 ? "no such fault" : $"{found:0.00} s", found <= limit);
        }
    }

    private static IEnumerable<VerdictLine> FaultLines(IReadOnlyList<Fault> faults)
    {
        var unexpected = faults.Count(fault => fault.Kind == FaultKind.Unexpected);
        yield return new VerdictLine("0 processes that ended by themselves", $"{unexpected}", unexpected == 0);
        var unhealed = faults.Count(fault => fault.Kind != FaultKind.Unexpected && fault.WholeAt == 0);
        yield return new VerdictLine("0 faults after which the cluster did not become whole", $"{unhealed}", unhealed == 0);
    }

    private static Percentiles Milliseconds(IEnumerable<MessageSeen> messages) => Percentiles.Of(messages.Select(message => (message.At - message.SentAt) / 1000.0));

    private static bool IsInFault(long at, IReadOnlyList<Fault> faults) => faults.Any(fault => at >= fault.At && at <= (fault.WholeAt > 0 ? fault.WholeAt : fault.At));

    private static SortedDictionary<int, int> CountCloses(IReadOnlyList<ChannelHistory> histories) => new(histories
        .SelectMany(history => history.Viewers.SelectMany(viewer => viewer.Events.OfType<ViewerLeft>().Select(left => left.Code))
            .Concat(history.Publishers.SelectMany(publisher => publisher.Events.OfType<PublisherLeft>().Select(left => left.Code))))
        .CountBy(code => code).ToDictionary(count => count.Key, count => count.Value));
}
