using System.Buffers.Binary;
using OrleansRelay.EndToEnd.Tests.Machine;

namespace OrleansRelay.EndToEnd.Tests.Acceptance;

/// <summary>One viewer of a hundred stops reading.</summary>
public sealed class StalledViewerTests
{
    private const int Others = 99;
    private const int Messages = 600;
    private const int MessageBytes = 16 * 1024;

    /// <summary>Less than the messages by far, and a kernel that doesn't hide a viewer's slowness in its own buffers.</summary>
    private static readonly Dictionary<string, string> NarrowQueues = new()
    {
        ["Channels__Default__ViewerQueueBytes"] = "4194304",
        ["Gateway__WriteBufferBytes"] = "65536",
    };

    [Fact]
    public async Task ItIsClosedWhileTheOthersMissNothingAndThePublisherNeverWaits()
    {
        var relay = new RelayProcess { Settings = NarrowQueues };
        await relay.InitializeAsync();
        try
        {
            var channel = RelayProcess.NewChannel();
            await using var stalled = await RawSocket.UpgradeAsync(relay.Address, $"viewer/{channel}?from=live");
            var others = await Task.WhenAll(Enumerable.Range(0, Others).Select(_ => WebSocketViewer.OpenAsync(relay.Address, $"viewer/{channel}?from=live")));
            await using var publisher = await Publisher.OpenAsync(relay.Address, $"streamer/{channel}", isV1: true);

            // The quick ones are read up to each tenth message before the next is sent, so only the stalled one can fall behind.
            for (var number = 1; number <= Messages; number++)
            {
                var payload = new byte[MessageBytes];
                BinaryPrimitives.WriteInt32BigEndian(payload, number);
                await publisher.SendAsync(payload, isText: false);
                if (number % 10 == 0)
                {
                    await Task.WhenAll(others.Select(other => ReadAsync(other, number - 9, number)));
                }
            }

            await publisher.AcknowledgedAsync();
            Assert.Equal((4100, "too slow"), await stalled.ReadCloseAsync());
            foreach (var other in others)
            {
                await other.CloseAsync();
                await other.DisposeAsync();
            }
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    private static async Task ReadAsync(WebSocketViewer viewer, int from, int to)
    {
        for (var number = from; number <= to; number++)
        {
            var message = await viewer.NextMessageAsync();
            Assert.Equal((number, MessageBytes), (BinaryPrimitives.ReadInt32BigEndian(message.Payload), message.Payload.Length));
        }
    }
}
