using OrleansRelay.Channels;
using OrleansRelay.Directory;

namespace OrleansRelay.Grains.Directory;

/// <summary>The list of live channels, in memory: channels tell it again and again, so it needs no storage.</summary>
internal sealed class DirectoryGrain(TimeProvider time) : Grain, IDirectoryGrain
{
    private readonly Dictionary<string, (ChannelState State, DateTimeOffset Until)> _listings = [];

    /// <inheritdoc/>
    public Task ReportAsync(ChannelState state, bool isListed)
    {
        if (isListed)
        {
            _listings[state.Channel] = (state, time.GetUtcNow() + IDirectoryGrain.ListingLease);
        }
        else
        {
            _listings.Remove(state.Channel);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ChannelState[]> ListAsync()
    {
        var now = time.GetUtcNow();
        foreach (var (channel, _) in _listings.Where(listing => listing.Value.Until <= now).ToArray())
        {
            _listings.Remove(channel);
        }

        return Task.FromResult(_listings.Values
            .Select(listing => listing.State)
            .OrderByDescending(state => state.IsLive)
            .ThenByDescending(state => state.Viewers)
            .ThenBy(state => state.Channel, StringComparer.Ordinal)
            .ToArray());
    }
}
