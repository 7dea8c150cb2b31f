using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;

namespace OrleansRelay.EndToEnd.Tests.Acceptance;

/// <summary>The longest game of seed 000's table, at 200 times its pace, into a relay that 100 viewers join at random moments.</summary>
public sealed class WholeGameTests
{
    private const int Viewers = 100;
    private const int Pace = 200;

    /// <summary>A busy machine starves the clients of this test, not the relay: their queues are wide, so that none is judged for that.</summary>
    private static readonly Dictionary<string, string> WideQueues = new()
    {
        ["Channels__Default__ViewerQueueBytes"] = "67108864",
        ["Channels__Default__ViewerQueueMessages"] = "1000000",
    };

    [Fact]
    public async Task EveryViewerHasEveryMessageFromTheFirstInOrderByteForByte()
    {
        var game = GameRecording.Generate(RecordedGame.ById(4), seed: 1);
        var relay = new RelayProcess { Settings = WideQueues };
        await relay.InitializeAsync();
        try
        {
            var channel = RelayProcess.NewChannel();
            await using var publisher = await Publisher.OpenAsync(relay.Address, $"streamer/{channel}");
            var random = new Random(4);
            var length = TimeSpan.FromMilliseconds((double)game[^1].AtMilliseconds / Pace);
            var viewers = Enumerable.Range(0, Viewers)
                .Select(number => WatchAsync(relay.Address, channel, number, length * random.NextDouble(), game))
                .ToArray();

            await PlayAsync(publisher, game);
            await publisher.EndAsync();
            await Task.WhenAll(viewers);
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    private static async Task PlayAsync(Publisher publisher, IReadOnlyList<RecordedMessage> game)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        foreach (var message in game)
        {
            var due = TimeSpan.FromMilliseconds((double)message.AtMilliseconds / Pace) - TimeProvider.System.GetElapsedTime(startedAt);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, TimeProvider.System);
            }

            await publisher.SendAsync(message.Payload, message.IsText);
        }
    }

    /// <summary>Joins after a while, in one of the three forms, and compares what comes with what was published.</summary>
    private static async Task WatchAsync(Uri relay, string channel, int number, TimeSpan after, IReadOnlyList<RecordedMessage> game)
    {
        await Task.Delay(after, TimeProvider.System);
        await using IViewer viewer = (number % 3) switch
        {
            0 => await WebSocketViewer.OpenAsync(relay, $"viewer/{channel}"),
            1 => await WebSocketViewer.OpenAsync(relay, $"viewers/{channel}", isV1: true),
            _ => await SseViewer.OpenAsync(relay, $"viewer/{channel}"),
        };
        for (var index = 0; index < game.Count; index++)
        {
            var message = await viewer.NextMessageAsync();
            Assert.True(message.Offset == 0 || message.Offset == index + 1, $"Viewer {number} got offset {message.Offset} as message {index + 1}.");
            Assert.True(game[index].IsText == message.IsText, $"Viewer {number} got message {index + 1} as the wrong kind.");
            Assert.True(game[index].Payload.Span.SequenceEqual(message.Payload), $"Viewer {number} got other bytes as message {index + 1}.");
        }
    }
}
