namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>A viewer's connection in memory. The test decides how much it takes before a write has to wait: a kernel's socket buffers would hide slowness.</summary>
internal sealed class MemoryConnection(int capacityBytes) : Stream
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _written = new();
    private readonly List<(long At, TaskCompletionSource Reached)> _waits = [];
    private (byte[] Bytes, TaskCompletionSource Done)? _waiting;
    private long _room = capacityBytes;
    private Exception? _broken;

    /// <summary>All that went through.</summary>
    public byte[] Written
    {
        get
        {
            lock (_gate)
            {
                return _written.ToArray();
            }
        }
    }

    /// <summary>Whether a write waits for room.</summary>
    public bool IsBlocked
    {
        get
        {
            lock (_gate)
            {
                return _waiting is not null;
            }
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The peer reads: makes room.</summary>
    public void MakeRoom(long bytes)
    {
        TaskCompletionSource? done = null;
        lock (_gate)
        {
            _room += bytes;
            if (_waiting is { } write && write.Bytes.Length <= _room)
            {
                _waiting = null;
                Put_NeedsLock(write.Bytes);
                done = write.Done;
            }
        }

        // Outside the lock, because the pump goes on inside of it.
        done?.SetResult();
    }

    /// <summary>The peer goes: the write that waits fails, and all later ones.</summary>
    public void Break()
    {
        (byte[] Bytes, TaskCompletionSource Done)? write;
        lock (_gate)
        {
            _broken = new IOException("The peer is gone.");
            (write, _waiting) = (_waiting, null);
        }

        write?.Done.SetException(_broken);
    }

    /// <summary>Completes when so many bytes have gone through.</summary>
    public Task HasWrittenAsync(long bytes)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((bytes, reached));
            Tell_NeedsLock();
            return reached.Task;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_broken is not null)
            {
                return ValueTask.FromException(_broken);
            }

            Assert.Null(_waiting);
            if (buffer.Length <= _room)
            {
                Put_NeedsLock(buffer.Span);
                return ValueTask.CompletedTask;
            }

            var done = new TaskCompletionSource();
            _waiting = (buffer.ToArray(), done);
            return new ValueTask(done.Task);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A viewer is never written to with a thread waiting.");

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Put_NeedsLock(ReadOnlySpan<byte> bytes)
    {
        _room -= bytes.Length;
        _written.Write(bytes);
        Tell_NeedsLock();
    }

    private void Tell_NeedsLock()
    {
        foreach (var (_, reached) in _waits.Where(wait => wait.At <= _written.Length))
        {
            reached.TrySetResult();
        }
    }
}
