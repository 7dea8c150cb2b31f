using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Channels;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Tests;

/// <summary>Hears what a channel hands to the followers of its process, as a gateway does.</summary>
internal sealed class ChannelEar : IChannelFollower, IAsyncDisposable
{
    private readonly Channel<ChannelBatch> _heard = Channel.CreateUnbounded<ChannelBatch>();
    private readonly LocalChannels _locals;
    private readonly LocalChannel _local;

    public ChannelEar(IServiceProvider services, string channel)
    {
        _locals = services.GetRequiredService<LocalChannels>();
        _local = _locals.Follow(ChannelName.Parse(channel), this);
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

    public void Enqueue(ChannelBatch batch) => _heard.Writer.TryWrite(batch);

    public void Run(bool mayUseThread)
    {
    }

    public void HostChanged()
    {
    }

    public ValueTask DisposeAsync()
    {
        _locals.Unfollow(_local, this);
        return ValueTask.CompletedTask;
    }
}
