using OrleansRelay.Channels;
using OrleansRelay.Directory;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>The list of live channels, asked of the directory at most once a second however many look at it.</summary>
internal sealed class LiveDirectory(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<ChannelState[]>? _list;
    private long _askedAt;

    /// <summary>The listed channels, live ones first, most viewers first.</summary>
    public Task<ChannelState[]> ListAsync()
    {
        lock (_gate)
        {
            if (_list is null || _list.IsFaulted || (_list.IsCompleted && time.GetElapsedTime(_askedAt) > FreshFor))
            {
                _askedAt = time.GetTimestamp();
                _list = grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync();
            }

            return _list;
        }
    }
}
