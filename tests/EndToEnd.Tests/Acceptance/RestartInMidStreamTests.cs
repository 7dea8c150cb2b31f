using System.Globalization;
using OrleansRelay.EndToEnd.Tests.Machine;

namespace OrleansRelay.EndToEnd.Tests.Acceptance;

/// <summary>The process is stopped by SIGTERM in mid-stream and starts again.</summary>
public sealed class RestartInMidStreamTests
{
    private const int Viewers = 20;
    private const int Messages = 4000;

    [Fact]
    public async Task ViewersComeBackWithSinceAndMissNothingThatWasAcknowledged()
    {
        var relay = new RelayProcess();
        await relay.InitializeAsync();
        try
        {
            var channel = RelayProcess.NewChannel();
            var restarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var midway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var publishing = PublishAsync(relay.Address, channel, midway, restarted.Task);
            var viewers = Enumerable.Range(0, Viewers).Select(_ => WatchAsync(relay.Address, channel, restarted.Task)).ToArray();

            await midway.Task.WithinTest("half of the messages to be acknowledged");
            await relay.RestartAsync();
            restarted.SetResult();

            await publishing;
            var comebacks = await Task.WhenAll(viewers);
            Assert.All(comebacks, count => Assert.Equal(1, count));
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    /// <summary>Publishes numbers, and after the restart goes on behind what the relay says it has.</summary>
    private static async Task PublishAsync(Uri relay, string channel, TaskCompletionSource midway, Task restarted)
    {
        var isBack = false;
        while (true)
        {
            await using var publisher = await Publisher.OpenAsync(relay, $"streamer/{channel}?publisher=p", isV1: true);
            try
            {
                while (publisher.Sequence < Messages)
                {
                    var next = publisher.Sequence + 1;
                    await publisher.SendAsync(next.ToString(CultureInfo.InvariantCulture));
                    if (next % 50 == 0)
                    {
                        await publisher.AcknowledgedAsync();
                    }

                    if (next == Messages / 2 && !isBack)
                    {
                        midway.TrySetResult();
                    }
                }

                await publisher.AcknowledgedAsync();
                await publisher.EndAsync();
                return;
            }
            catch (Exception exception) when (exception is InvalidOperationException or System.Net.WebSockets.WebSocketException && !isBack)
            {
                // Closed by the drain.
                isBack = true;
                await restarted.WithinTest("the relay to be back");
            }
        }
    }

    /// <returns>How often the viewer had to come back.</returns>
    private static async Task<int> WatchAsync(Uri relay, string channel, Task restarted)
    {
        var (comebacks, epoch, received) = (0, 0L, 0L);
        while (true)
        {
            await using var viewer = await WebSocketViewer.OpenAsync(relay, comebacks == 0 ? $"viewer/{channel}" : $"viewer/{channel}?since={epoch}:{received}", isV1: true);
            var hello = await viewer.NextNoticeAsync("hello");
            Assert.Equal(comebacks > 0, hello.TryGetProperty("recovered", out var recovered) && recovered.GetBoolean());
            Assert.True(comebacks == 0 || epoch == hello.GetProperty("epoch").GetInt64(), "The channel came back in another epoch.");
            epoch = hello.GetProperty("epoch").GetInt64();
            while (await viewer.NextAsync().WithinTest($"message {received + 1}") is { CloseCode: 0 } one)
            {
                if (one.IsMessage)
                {
                    Assert.Equal((received + 1, (received + 1).ToString(CultureInfo.InvariantCulture)), (one.Offset, one.Text));
                    if (++received == Messages)
                    {
                        return comebacks;
                    }
                }
            }

            comebacks++;
            await restarted.WithinTest("the relay to be back");
        }
    }
}
