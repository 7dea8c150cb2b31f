namespace OrleansRelay.Gateway.Viewers;

/// <summary>The stream that the framework's WebSocket sees of a viewer's connection: it reads the connection, and what it writes goes between the relay's frames.</summary>
internal sealed class OutboundStream(Stream connection, Func<ReadOnlyMemory<byte>, Task> writer) : AsyncOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        connection.ReadAsync(buffer, offset, count, cancellationToken);

    /// <summary>Copies the frame, because the WebSocket uses its buffer again; control frames have 125 bytes at most.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(writer(buffer.ToArray()).WaitAsync(cancellationToken));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }
}
