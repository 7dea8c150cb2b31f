using OrleansRelay.Chaos.History;

namespace OrleansRelay.Cluster.Tests.History;

/// <summary>A history in which everything is well, to be spoiled by a test: one publisher with ten messages, two viewers, one reconnect each.</summary>
internal sealed class RecordedRun
{
    public const long Epoch = 7;
    public const int Messages = 10;

    private long _at;

    public RecordedRun()
    {
        Publisher = [new PublisherJoined(++_at, "g1", 0)];
        Anna = [Hello(next: 1)];
        Ben = [Hello(next: 1)];
        for (var sequence = 1; sequence <= Messages; sequence++)
        {
            Publisher.Add(new MessagePublished(++_at, sequence));
            Publisher.Add(Ack(sequence));
            Anna.Add(Message(sequence));
            Ben.Add(Message(sequence));
        }

        // Both come back after message 5; Ben also hears where the channel stands.
        Anna.Insert(6, Hello(next: 6, since: 5, recovered: true));
        Ben.Insert(6, Hello(next: 6, since: 5, recovered: true));
        Ben.Add(new HeadTold(++_at, At(Messages)));
    }

    public List<PublisherEvent> Publisher { get; }

    public List<ViewerEvent> Anna { get; }

    public List<ViewerEvent> Ben { get; }

    /// <summary>What the checker finds, when of the newest messages so many can't have expired.</summary>
    public IReadOnlyList<Rule> Check(long heldAtLeast = 1000) => [.. new HistoryChecker(heldAtLeast)
        .Check(new ChannelHistory("news", [new PublisherHistory("paula", Publisher)], [new ViewerHistory("anna", Anna), new ViewerHistory("ben", Ben)]))
        .Findings.Select(finding => finding.Rule).Distinct().Order()];

    public static Place At(long offset, long epoch = Epoch) => new(epoch, offset);

    public MessageSeen Message(long sequence, long? offset = null, long epoch = Epoch, bool isIntact = true) =>
        new(++_at, At(offset ?? sequence, epoch), "paula", sequence, _at - 1, isIntact);

    public AckTold Ack(long sequence, long? offset = null) => new(++_at, sequence, At(offset ?? sequence));

    public ViewerJoined Hello(long next, long? since = null, bool? recovered = null, string reason = "", long epoch = Epoch, long head = Messages, long firstHeld = 1) =>
        new(++_at, "g1", since is null ? null : At(since.Value), At(next, epoch), head, firstHeld, recovered, reason);

    public GapTold Gap(long from, long to, string reason = "expired") => new(++_at, Epoch, from, to, reason);
}
