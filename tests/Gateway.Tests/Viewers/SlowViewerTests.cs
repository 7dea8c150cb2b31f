using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>Viewers that stop reading, over real sockets: more is sent to them than all buffers on the way hold.</summary>
public sealed class SlowViewerTests
{
    private const int MessageBytes = 64 * 1024;
    private const int Messages = 400;

    [Fact]
    public async Task ItIsToldThatItWasTooSlowWhenItReadsOn()
    {
        await using var relay = await RelayHost.StartAsync("Channels:Default:ViewerQueueBytes=131072", "Viewers:CloseWithin=00:00:30");
        await using var slow = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess?from=live");
        await using var quick = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);

        // The quick viewer reads each message before the next is sent, so only the slow one can fall behind.
        await PublishAllAsync(relay, async offset => Assert.Equal(offset, (await quick.NextMessageAsync()).Offset));

        Assert.Equal((4100, "too slow"), await slow.ReadCloseAsync());
        await slow.SendFrameAsync(8, RawSocket.CloseWith(1000));
        Assert.True(await slow.IsEndedAsync());
        await quick.CloseAsync();
    }

    [Fact]
    public async Task ItIsCutOffWhenItDoesNotReadEvenThen()
    {
        await using var relay = await RelayHost.StartAsync("Channels:Default:ViewerQueueBytes=131072", "Viewers:CloseWithin=00:00:00.1");
        await using var slow = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess?from=live");
        var limits = relay.Services.GetRequiredService<ConnectionLimits>();

        await PublishAllAsync(relay);

        await limits.AllGone.WithinTest("the relay to let go of the slow viewer");
        Assert.Equal(1006, (await slow.ReadCloseAsync()).Code);
    }

    [Theory]
    [InlineData("Disconnect")]
    [InlineData("DropOldest")]
    public async Task OneSendThatNeverEndsIsTheEndWhateverThePolicy(string policy)
    {
        await using var relay = await RelayHost.StartAsync(
            "Channels:Default:ViewerQueueBytes=1000000000", $"Channels:Default:SlowViewers={policy}", "Viewers:SendWithin=00:00:01");
        await using var slow = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess?from=live");
        var limits = relay.Services.GetRequiredService<ConnectionLimits>();

        await PublishAllAsync(relay);

        await limits.AllGone.WithinTest("the relay to let go of the slow viewer");
        Assert.Equal(1006, (await slow.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task AJoinerThatStopsInTheMiddleOfTheBufferIsCutOff()
    {
        await using var relay = await RelayHost.StartAsync("Channels:Default:HistoryBytes=100000000", "Viewers:SendWithin=00:00:01");
        await PublishAllAsync(relay);
        var limits = relay.Services.GetRequiredService<ConnectionLimits>();
        await limits.AllGone.WithinTest("the publisher to be gone");

        await using var slow = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");

        await limits.AllGone.WithinTest("the relay to let go of the joiner");
        Assert.Equal(1006, (await slow.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task AJoinerThatStopsDoesNotHoldUpTheDrain()
    {
        await using var relay = await RelayHost.StartAsync("Channels:Default:HistoryBytes=100000000", "Viewers:CloseWithin=00:00:00.1", "Gateway:DrainWithin=00:00:20");
        await PublishAllAsync(relay);
        await using var slow = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");
        await slow.ReadFrameAsync();

        var stop = relay.StopAsync();

        await relay.Services.GetRequiredService<ConnectionLimits>().AllGone.WithinTest("the relay to let go of the joiner");
        await stop;
    }

    [Theory]
    [InlineData("DropOldest")]
    [InlineData("LatestOnly")]
    public async Task AThinnedViewerStaysAndIsToldOfWhatItMissed(string policy)
    {
        await using var relay = await RelayHost.StartAsync("Channels:Default:ViewerQueueBytes=131072", $"Channels:Default:SlowViewers={policy}");
        await using var slow = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess?from=live", isV1: true);
        await slow.NextNoticeAsync("seam");
        await using var quick = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);

        // What is acknowledged may still be on its way here: the slow one begins to read when the quick one has had everything.
        await PublishAllAsync(relay, async offset => Assert.Equal(offset, (await quick.NextMessageAsync()).Offset));

        var (next, gaps) = (1L, 0);
        while (next <= Messages)
        {
            var one = await slow.NextAsync().WithinTest($"message {next}");
            if (one.IsMessage)
            {
                Assert.Equal(next++, one.Offset);
            }
            else if (one.Type == "gap")
            {
                Assert.Equal((next, "slow"), (one.Notice.GetProperty("from").GetInt64(), one.Notice.GetProperty("reason").GetString()));
                (next, gaps) = (one.Notice.GetProperty("to").GetInt64() + 1, gaps + 1);
            }

            Assert.Equal(0, one.CloseCode);
        }

        Assert.True(gaps > 0, "The viewer was not thinned.");
        await slow.CloseAsync();
        await quick.CloseAsync();
    }

    /// <summary>Publishes far more than a viewer's queue and the kernel's buffers hold; that it ends shows that the publisher waits for nobody.</summary>
    private static async Task PublishAllAsync(RelayHost relay, Func<long, Task>? sent = null)
    {
        await using var publisher = await Publisher.OpenAsync(relay.Address, "streamer/chess?publisher=p", isV1: true);
        for (var number = 0; number < Messages; number++)
        {
            await publisher.SendAsync(new byte[MessageBytes], isText: false);
            await (sent?.Invoke(publisher.Sequence) ?? Task.CompletedTask);
        }

        await publisher.AcknowledgedAsync();
        await publisher.EndAsync();
    }
}
