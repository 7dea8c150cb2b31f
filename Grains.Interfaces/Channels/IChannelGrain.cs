using Orleans.Concurrency;

namespace OrleansRelay.Channels;

/// <summary>One channel: the only writer of its order, the holder of its buffer and of its roster. The key is <see cref="ChannelName.Value"/>.</summary>
/// <remarks>
/// Every call can fail, be late, or be carried out without an answer; all of them may be sent again: a publish is recognised by
/// its publisher and sequence, the others say how things are and not what to add.
/// </remarks>
[Alias("relay.IChannelGrain")]
public interface IChannelGrain : IGrainWithStringKey
{
    /// <summary>Opens the channel for a publisher, or refuses it by the channel's policy.</summary>
    [Alias("OpenPublisher")]
    Task<PublisherOpened> OpenPublisherAsync(PublisherOpening opening);

    /// <summary>Gives the messages their positions, stores them in the buffer and puts them on the stream.</summary>
    /// <remarks>Any number may be under way: they are stored in each publisher's order, those that wait in one go.</remarks>
    [AlwaysInterleave, Alias("Publish")]
    Task<PublishResult> PublishAsync(PublishRequest request);

    /// <summary>Closes a publisher's session.</summary>
    /// <param name="session">From <see cref="PublisherOpened.Session"/>.</param>
    /// <param name="isEnd">True: the stream is over. False: the publisher was lost and may come back within its lease.</param>
    [Alias("ClosePublisher")]
    Task ClosePublisherAsync(long session, bool isEnd);

    /// <summary>Tells of a gateway's viewers and publishers, and answers with the channel's head: the beat by which a gateway notices silent loss.</summary>
    [Alias("RenewGateway")]
    Task<ChannelState> RenewGatewayAsync(GatewayLease lease);

    /// <summary>Reads what is held from an offset on.</summary>
    /// <param name="fromOffset">The first offset wanted.</param>
    /// <param name="toOffset">The last offset wanted.</param>
    [Alias("ReadHistory")]
    Task<HistoryPage> ReadHistoryAsync(long fromOffset, long toOffset);

    /// <summary>Tells how the channel is, without waking or keeping anything.</summary>
    [Alias("GetState")]
    Task<ChannelState> GetStateAsync();

    /// <summary>Takes a name for a member, if nobody has it: one turn, so two claims can't both succeed.</summary>
    [Alias("ClaimMember")]
    Task<MemberClaim> ClaimMemberAsync(string name, string gatewayId);

    /// <summary>Gives a name back; a number that is no longer the name's owner changes nothing.</summary>
    [Alias("ReleaseMember")]
    Task ReleaseMemberAsync(string name, long member);

    /// <summary>Lists members by name, from a place in the list on.</summary>
    [Alias("ListMembers")]
    Task<MemberPage> ListMembersAsync(int skip, int take);

    /// <summary>Stores title, description and game.</summary>
    [Alias("SetMetadata")]
    Task SetMetadataAsync(ChannelMetadata metadata);

    /// <summary>Stores options of this channel's own.</summary>
    [Alias("SetOverrides")]
    Task SetOverridesAsync(ChannelOverrides overrides);
}
