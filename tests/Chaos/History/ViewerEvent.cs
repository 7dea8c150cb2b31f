namespace OrleansRelay.Chaos.History;

/// <summary>One thing that a viewer saw. Times are microseconds since the run began.</summary>
internal abstract record ViewerEvent(long At);

/// <summary>It connected, and the relay's hello said where it starts.</summary>
internal sealed record ViewerJoined(long At, string Gateway, Place? Since, Place Next, long Head, long FirstHeld, bool? Recovered, string Reason) : ViewerEvent(At);

/// <summary>A message came. Publisher and sequence are what its payload says.</summary>
internal sealed record MessageSeen(long At, Place Place, string Publisher, long Sequence, long SentAt, bool IsIntact) : ViewerEvent(At);

/// <summary>The relay told of messages that are not coming.</summary>
internal sealed record GapTold(long At, long Epoch, long From, long To, string Reason) : ViewerEvent(At);

/// <summary>The relay told that the channel began again.</summary>
internal sealed record EpochTold(long At, Place Next) : ViewerEvent(At);

/// <summary>The relay told where the channel, or the seam, stands: all up to there has been sent.</summary>
internal sealed record HeadTold(long At, Place Head) : ViewerEvent(At);

/// <summary>It lost its connection: by a close code, or by breaking off (-1), or because nothing came any more (-2).</summary>
internal sealed record ViewerLeft(long At, string Gateway, int Code) : ViewerEvent(At);

/// <summary>A position: an epoch and an offset in it.</summary>
internal readonly record struct Place(long Epoch, long Offset) : IComparable<Place>
{
    /// <summary>The one after it.</summary>
    public Place Next => this with { Offset = Offset + 1 };

    public int CompareTo(Place other) => (Epoch, Offset).CompareTo((other.Epoch, other.Offset));

    public override string ToString() => $"{Epoch}:{Offset}";
}
