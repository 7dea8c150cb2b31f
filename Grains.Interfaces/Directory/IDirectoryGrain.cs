using OrleansRelay.Channels;

namespace OrleansRelay.Directory;

/// <summary>Which channels are live now. One grain, key <see cref="Key"/>.</summary>
[Alias("relay.IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The key of the only directory.</summary>
    const string Key = "live";

    /// <summary>How long a listing counts without being told again. Channels tell at least three times in it.</summary>
    static readonly TimeSpan ListingLease = TimeSpan.FromSeconds(30);

    /// <summary>Puts a channel on the list or brings its line up to date; takes it off when it is to be listed no more.</summary>
    [Alias("Report")]
    Task ReportAsync(ChannelState state, bool isListed);

    /// <summary>The listed channels: live ones first, most viewers first.</summary>
    [Alias("List")]
    Task<ChannelState[]> ListAsync();
}
