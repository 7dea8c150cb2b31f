namespace OrleansRelay.Gateway.Viewers;

/// <summary>The stream that the framework's WebSocket sees of a viewer's connection: it reads the connection, and what it writes goes between the relay's frames.</summary>
/// <remarks>
/// The WebSocket keeps pongs to itself. But it reads again only after something came, so each read tells that the peer was heard, and
/// nothing has to wait for its end.
/// </remarks>
internal sealed class OutboundStream(Stream connection, ViewerPump pump, Heartbeat heartbeat) : AsyncOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        heartbeat.Heard();
        return connection.ReadAsync(buffer, cancellationToken);
    }

    /// <summary>Copies the frame, because the WebSocket uses its buffer again; control frames have 125 bytes at most.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(pump.SendLastAsync(buffer.ToArray()).WaitAsync(cancellationToken));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }
}
