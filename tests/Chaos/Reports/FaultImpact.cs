using OrleansRelay.Chaos.Faults;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Reports;

/// <summary>What one fault did to publishers and viewers.</summary>
internal sealed record FaultImpact
{
    public required Fault Fault { get; init; }

    /// <summary>Of each publisher, the longest time without an acknowledgement that began or lasted while the fault did, in seconds.</summary>
    public required double[] PublishPauses { get; init; }

    /// <summary>Of each viewer, the longest time without a message likewise.</summary>
    public required double[] DeliveryPauses { get; init; }

    /// <summary>From the fault to the end of the last pause of more than a second, in seconds: when everyone was served again.</summary>
    public required double RecoveredAfter { get; init; }

    /// <summary>Connections that the relay closed properly while the fault lasted.</summary>
    public required int ProperCloses { get; init; }

    /// <summary>Connections that broke off or fell silent while the fault lasted.</summary>
    public required int ForcedCloses { get; init; }
}

/// <summary>Attributes pauses to faults.</summary>
/// <remarks>
/// A pause is the time between two neighbouring acknowledgements (or messages) of one publisher (or viewer). It counts for the
/// gravest of the faults that were felt while it lasted: gateways fail independently, and who waits for a paused one is not waiting for a restart.
/// </remarks>
internal sealed class FaultImpacts(IReadOnlyList<Fault> faults, long publishingEndedAt)
{
    private const long Second = 1_000_000;

    /// <summary>How long after everything is ready again a pause still counts for the fault.</summary>
    private const long Aftermath = 2 * Second;

    /// <summary>Computes all impacts.</summary>
    public FaultImpact[] Of(IReadOnlyList<ChannelHistory> histories)
    {
        var publishers = histories.SelectMany(history => history.Publishers).Select(publisher => Longest(publisher.Events.OfType<AckTold>().Select(ack => ack.At))).ToArray();
        var viewers = histories.SelectMany(history => history.Viewers).Select(viewer => Longest(viewer.Events.OfType<MessageSeen>().Select(message => message.At))).ToArray();
        var ends = histories.SelectMany(history => history.Viewers.SelectMany(viewer => viewer.Events.OfType<ViewerLeft>().Select(left => (left.At, left.Code)))
            .Concat(history.Publishers.SelectMany(publisher => publisher.Events.OfType<PublisherLeft>().Select(left => (left.At, left.Code))))).ToArray();
        return [.. faults.Select(fault =>
        {
            var pauses = publishers.Concat(viewers).Where(pauses => pauses.ContainsKey(fault)).Select(pauses => pauses[fault]).ToArray();
            var here = ends.Where(end => end.At >= fault.At && end.At <= EndOf(fault)).ToArray();
            return new FaultImpact
            {
                Fault = fault,
                PublishPauses = Lengths(publishers, fault),
                DeliveryPauses = Lengths(viewers, fault),
                RecoveredAfter = pauses.Where(pause => pause.To - pause.From > Second).Select(pause => (pause.To - fault.At) / (double)Second).DefaultIfEmpty(0).Max(),
                ProperCloses = here.Count(end => CloseCodes.IsProper(end.Code)),
                ForcedCloses = here.Count(end => !CloseCodes.IsProper(end.Code)),
            };
        })];
    }

    private static double[] Lengths(Dictionary<Fault, (long From, long To)>[] longest, Fault fault) =>
        [.. longest.Where(pauses => pauses.ContainsKey(fault)).Select(pauses => (pauses[fault].To - pauses[fault].From) / (double)Second)];

    private static long EndOf(Fault fault) => (fault.WholeAt > 0 ? fault.WholeAt : long.MaxValue - Aftermath) + Aftermath;

    /// <summary>Of each fault the longest pause of one publisher or viewer. What lies after the end of publishing is no pause.</summary>
    private Dictionary<Fault, (long From, long To)> Longest(IEnumerable<long> times)
    {
        var longest = new Dictionary<Fault, (long From, long To)>(ReferenceEqualityComparer.Instance);
        long? former = null;
        foreach (var at in times)
        {
            if (former is { } from && from < publishingEndedAt && at > from && FaultOf(from, at) is { } fault
                && (!longest.TryGetValue(fault, out var known) || at - from > known.To - known.From))
            {
                longest[fault] = (from, at);
            }

            former = at;
        }

        return longest;
    }

    private Fault? FaultOf(long from, long to) => faults.Where(fault => fault.At < to && EndOf(fault) > from).MaxBy(fault => fault.Kind);
}
