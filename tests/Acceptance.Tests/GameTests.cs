namespace OrleansRelay.Acceptance.Tests;

public sealed class GameTests(PlayedGame game) : IClassFixture<PlayedGame>
{
    [Fact]
    public void EveryViewerHasEveryMessageFromTheFirstInOrderAndByteForByte()
    {
        Assert.Equal((29_407, 7_986), (game.Log.Count, (int)Math.Round(game.Log.Sum(message => message.Payload.Length) / 1000.0)));
        Assert.Equal(PlayedGame.Viewers, game.Got.Count);
        Assert.All(game.Got, viewer => Assert.True(viewer.Difference is null && viewer.Messages == game.Log.Count, $"{viewer.Form}: {viewer.Difference}"));
        Assert.Equal(["SSE", "plain WebSocket", "relay.v1"], game.Got.Select(viewer => viewer.Form).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheViewerThatStoppedReadingIsClosedAsTooSlow() => Assert.Equal((4100, "too slow"), game.StalledEnd);

    [Fact]
    public void ThePublisherNeverWaitsForAViewer() =>
        // One that did would still be waiting: the stalled viewer had not read a byte when all was stored.
        Assert.Equal(game.Log.Count, game.StoredWhileStalled);

    [Fact]
    public void MemoryStaysWithinTheBounds()
    {
        // What waits for viewers waits once for all, so it is far less than the bound of all their queues: one queue, the buffer,
        // the history that is kept encoded for joiners (HistoryCacheBytes), and a quarter MiB for each connection on both of its ends.
        const long Bound = PlayedGame.QueueBytes + 2 * (8 << 20) + (64 << 20) + (PlayedGame.Viewers << 18);

        Assert.InRange(game.HeldBytes, long.MinValue, Bound);
        Assert.InRange(Bound, 0, (long)PlayedGame.Viewers * PlayedGame.QueueBytes);
    }
}
