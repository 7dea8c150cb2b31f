using System.Buffers;
using System.IO.Pipelines;

namespace OrleansRelay.Gateway.Viewers.Shortcut;

/// <summary>What comes in on a connection, as the stream that the framework's WebSocket reads. It has nothing to write.</summary>
internal sealed class InboundPipe(PipeReader input) : AsyncOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var bytes = read.Buffer.Slice(0, Math.Min(buffer.Length, read.Buffer.Length));
            var (length, isEmpty) = ((int)bytes.Length, read.Buffer.IsEmpty);
            bytes.CopyTo(buffer.Span);
            input.AdvanceTo(bytes.End);

            // Whoever gave up waiting for the first bytes may have cancelled a read that came after them.
            if (!read.IsCanceled || !isEmpty)
            {
                return length;
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
