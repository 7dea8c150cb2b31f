namespace OrleansRelay.Channels;

/// <summary>What one gateway tells a channel about its viewers. It is also the sign that the gateway lives.</summary>
[GenerateSerializer, Immutable, Alias("relay.gateway-lease")]
public sealed class GatewayLease
{
    /// <summary>The gateway, unique for each start of its process.</summary>
    [Id(0)]
    public required string GatewayId { get; init; }

    /// <summary>How many viewers it has on the channel now.</summary>
    [Id(1)]
    public required int Viewers { get; init; }

    /// <summary>The publisher sessions that it holds open; what isn't named any more runs out with its lease.</summary>
    [Id(2)]
    public required long[] Sessions { get; init; }

    /// <summary>Whether the gateway wants the lease to end now: it serves the channel no longer.</summary>
    [Id(3)]
    public bool IsLast { get; init; }

    /// <summary>All members that the gateway holds, told when <see cref="ChannelState.RosterId"/> has changed; null at other times.</summary>
    [Id(4)]
    public HeldMember[]? Members { get; init; }
}

/// <summary>A name and the number that owns it.</summary>
[GenerateSerializer, Immutable, Alias("relay.held-member")]
public readonly record struct HeldMember
{
    /// <summary>The name, unique in the channel.</summary>
    [Id(0)]
    public string Name { get; init; }

    /// <summary>From <see cref="MemberClaim.Member"/>.</summary>
    [Id(1)]
    public long Member { get; init; }
}

/// <summary>The answer to a member's wish for a name.</summary>
[GenerateSerializer, Immutable, Alias("relay.member-claim")]
public sealed record MemberClaim
{
    /// <summary>False when the name is in use.</summary>
    [Id(0)]
    public required bool IsGranted { get; init; }

    /// <summary>The member's number in this channel; its messages carry it as <see cref="Message.Sender"/>.</summary>
    [Id(1)]
    public required long Member { get; init; }
}

/// <summary>A part of the list of members.</summary>
[GenerateSerializer, Immutable, Alias("relay.member-page")]
public sealed record MemberPage
{
    /// <summary>Most names of one page.</summary>
    public const int MaxNames = 1000;

    /// <summary>Names in ordinal order.</summary>
    [Id(0)]
    public required string[] Names { get; init; }

    /// <summary>How many members there are in all.</summary>
    [Id(1)]
    public required int Total { get; init; }
}
