namespace OrleansRelay.LoadTest.Sockets;

/// <summary>What a connection is for: called by it, on the loop's thread.</summary>
internal interface IConnectionRole
{
    /// <summary>The handshake is done.</summary>
    void Opened(LoadConnection connection);

    /// <summary>A whole message has come; its bytes are valid during the call.</summary>
    void Received(LoadConnection connection, Opcode opcode, ReadOnlySpan<byte> payload, long at);

    /// <summary>The connection is over.</summary>
    void Closed(LoadConnection connection, ConnectionEnd end);
}

/// <summary>How a connection ended.</summary>
/// <param name="IsOurs">Whether we ended it.</param>
/// <param name="Code">The server's close code; 0 when it sent none.</param>
/// <param name="Why">In words.</param>
internal readonly record struct ConnectionEnd(bool IsOurs, int Code, string Why);
