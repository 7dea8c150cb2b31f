using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Tests;

/// <summary>Hears what a channel puts on its stream, as a gateway does.</summary>
internal sealed class ChannelEar : IAsyncObserver<ChannelBatch>, IAsyncDisposable
{
    private readonly Channel<ChannelBatch> _heard = Channel.CreateUnbounded<ChannelBatch>();
    private StreamSubscriptionHandle<ChannelBatch>? _subscription;

    public static Task<ChannelEar> OpenAsync(RelayHost relay, string channel) => OpenAsync(relay.Services.GetRequiredService<IClusterClient>(), channel);

    public static async Task<ChannelEar> OpenAsync(IClusterClient cluster, string channel)
    {
        var ear = new ChannelEar();
        var stream = cluster
            .GetStreamProvider(ChannelStreams.Provider)
            .GetStream<ChannelBatch>(ChannelStreams.Of(ChannelName.Parse(channel)));
        ear._subscription = await stream.SubscribeAsync(ear).WithinTest("the subscription");
        return ear;
    }

    /// <summary>The next batch.</summary>
    public Task<ChannelBatch> NextAsync() => _heard.Reader.ReadAsync().WithinTest("the channel's next batch");

    /// <summary>The next notice; messages before it are passed over.</summary>
    public async Task<(ChannelNotice Notice, long NextOffset)> NextNoticeAsync()
    {
        while (true)
        {
            var batch = await NextAsync();
            if (batch.Notice != ChannelNotice.None)
            {
                return (batch.Notice, batch.NextOffset);
            }
        }
    }

    public Task OnNextAsync(ChannelBatch item, StreamSequenceToken? token = null)
    {
        _heard.Writer.TryWrite(item);
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        _heard.Writer.TryComplete(ex);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _subscription!.UnsubscribeAsync().WithinTest("the end of the subscription");
}
