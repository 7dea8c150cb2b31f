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
    public void ThePublisherNeverWaitsForAViewer()
    {
        // 82:09 at 200 times its pace are 24.6 s. A publisher that waits for the stalled viewer never ends.
        Assert.InRange(game.Took.TotalSeconds, 24, 40);
        Assert.InRange(game.LongestSend.TotalSeconds, 0, 5);
    }

    [Fact]
    public void MemoryStaysWithinTheBounds()
    {
        // Each viewer's queue, the buffer, and the history that is kept encoded for joiners (HistoryCacheBytes).
        const long Bound = (long)PlayedGame.Viewers * PlayedGame.QueueBytes + 2 * (8 << 20) + (64 << 20);

        Assert.InRange(game.HeldBytes, long.MinValue, Bound);
    }
}
