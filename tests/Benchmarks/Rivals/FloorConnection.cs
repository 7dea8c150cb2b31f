using System.Net.Sockets;

namespace OrleansRelay.Benchmarks.Rivals;

/// <summary>One connection of the floor program.</summary>
internal sealed class FloorConnection(int number, Socket socket)
{
    public int Number => number;

    public Socket Socket => socket;

    /// <summary>The beginning of a frame or of a request.</summary>
    public byte[] Kept { get; set; } = [];

    /// <summary>Its channel, once shaken hands.</summary>
    public FloorChannel? Channel { get; set; }

    public bool IsPublisher { get; set; }

    /// <summary>Bytes of the channel's log that it has.</summary>
    public long Cursor { get; set; }

    /// <summary>Whether its socket takes nothing now.</summary>
    public bool IsFull { get; set; }
}
