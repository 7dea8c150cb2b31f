using System.Buffers;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Deflate;

/// <summary>Sees that one connection doesn't make the gateway inflate far more than it sends.</summary>
/// <remarks>
/// The framework's WebSocket inflates into the reader's buffer and no further, so a message's memory is bounded by whoever reads it. What
/// it doesn't bound is work: a megabyte on the wire can be a gigabyte to inflate. So the bytes on both sides are counted, over the whole
/// connection, because many small bombs are one large one.
/// </remarks>
/// <param name="maxRatio">Inflated bytes for each byte read.</param>
internal sealed class InflateMeter(int maxRatio)
{
    /// <summary>Bytes that are inflated whatever the ratio: a short message may be one letter many times.</summary>
    private const int FreeBytes = 64 * 1024;

    private Stream? _connection;
    private long _wireBytes;
    private long _inflatedBytes;

    /// <summary>Whether it went too far. What is still to come must not be inflated any more.</summary>
    public bool IsExceeded => _inflatedBytes > FreeBytes + _wireBytes * maxRatio;

    /// <summary>Counts what is read of a connection.</summary>
    public Stream Over(Stream connection)
    {
        _connection = connection;
        return new MeteredStream(connection, this);
    }

    /// <summary>Counts bytes that were inflated, or came as they are.</summary>
    /// <returns>False when it is too much.</returns>
    public bool TryCount(int bytes)
    {
        _inflatedBytes += bytes;
        return !IsExceeded;
    }

    /// <summary>After the close: throws away what still comes without inflating it, until the peer has gone. Bytes left unread would have the system reset the connection, and the reset overtakes the code.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4 * 1024);
        try
        {
            while (await _connection!.ReadAsync(buffer.AsMemory(), cancellationToken) > 0)
            {
                // Nobody's.
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone, or it took too long to go.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed class MeteredStream(Stream connection, InflateMeter meter) : AsyncOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await connection.ReadAsync(buffer, cancellationToken);
            meter._wireBytes += read;
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            connection.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                connection.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
