using System.Globalization;

namespace OrleansRelay.Gateway.Wire;

/// <summary>One way in which the relay ends a connection: a WebSocket close code, its short reason, and with them whether the client may come back.</summary>
/// <remarks>
/// The hundreds digit tells a client what to do without a table (PROTOCOL.md, section 8): 4000-4099 do not come back as you were,
/// 4100-4199 come back after a pause, 4200-4299 come back at once. Codes are never reused for another meaning.
/// </remarks>
internal readonly record struct CloseCode(ushort Code, string Reason)
{
    /// <summary>When the client should come back, in milliseconds; 0 leaves it to the client.</summary>
    public int RetryMilliseconds { get; init; }

    /// <summary>What stands in the close frame: the reason, and the hint if there is one.</summary>
    public string Text => RetryMilliseconds == 0 ? Reason : string.Create(CultureInfo.InvariantCulture, $"{Reason}; retry {RetryMilliseconds}");

    /// <summary>The client closed; the relay answers with the client's own code (<see cref="CloseFrame"/>).</summary>
    public static readonly CloseCode Normal = new(1000, "");

    /// <summary>A message is larger than the channel allows, or inflates too far. Final: the same message would fail again.</summary>
    public static readonly CloseCode TooBig = new(1009, "message too big");

    /// <summary>A relay.v1 message is malformed. Final.</summary>
    public static readonly CloseCode BadFrame = new(4000, "bad frame");

    /// <summary>Another publisher took the channel over. Final, or the two would take it from each other for ever.</summary>
    public static readonly CloseCode TakenOver = new(4001, "taken over");

    /// <summary>A publisher's sequence left something out. Final: it has lost count.</summary>
    public static readonly CloseCode SequenceGap = new(4002, "sequence gap");

    /// <summary>The channel has a publisher and refuses a second one. Final.</summary>
    public static readonly CloseCode ChannelBusy = new(4003, "channel busy");

    /// <summary>The viewer fell behind further than its queue allows. After a pause: it catches up from the buffer.</summary>
    public static readonly CloseCode TooSlow = new(4100, "too slow");

    /// <summary>A publisher sent nothing within the time limit. After a pause.</summary>
    public static readonly CloseCode FirstMessageLate = new(4101, "first message late");

    /// <summary>The channel could not be reached for too long. After a pause.</summary>
    public static readonly CloseCode ChannelUnavailable = new(4102, "channel unavailable");

    /// <summary>A message's last fragment did not come within the time limit. After a pause.</summary>
    public static readonly CloseCode MessageUnfinished = new(4103, "message unfinished");

    /// <summary>The gateway, or the caller's address, has its connections. Told to SSE viewers only: WebSockets are refused before they open. After a pause.</summary>
    public static readonly CloseCode TooManyConnections = new(4104, "too many connections");

    /// <summary>The gateway drains. At once: another gateway, or this one when it is back, goes on.</summary>
    public static readonly CloseCode Restarting = new(4200, "restarting");

    /// <summary>The drain's code for one connection: each is given a moment of its own within a second, so that they don't all come back at one.</summary>
    public static CloseCode RestartingSoon() => Restarting with { RetryMilliseconds = Random.Shared.Next(1, 1001) };

    /// <summary>All codes, for the test that holds PROTOCOL.md against them.</summary>
    public static readonly IReadOnlyList<CloseCode> All =
        [Normal, TooBig, BadFrame, TakenOver, SequenceGap, ChannelBusy, TooSlow, FirstMessageLate, ChannelUnavailable, MessageUnfinished, TooManyConnections, Restarting];
}
