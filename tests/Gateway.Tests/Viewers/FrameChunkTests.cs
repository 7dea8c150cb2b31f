using System.Runtime.InteropServices;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>Memory of the log is used again, and never while someone can still see it.</summary>
public sealed class FrameChunkTests
{
    private readonly FrameLog _log = Build.Log();

    [Fact]
    public void WhatNobodyHoldsIsUsedAgain()
    {
        var viewer = Watch();
        var arrays = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);

        for (var count = 0; count < 1000; count++)
        {
            _log.Append([Build.Text(new string('x', 100_000))]);
            arrays.Add(Take(viewer));
        }

        // 1,000 messages fill 500 chunks; some are held, and the pool may drop some when memory is short.
        Assert.InRange(arrays.Count, 1, 250);
    }

    [Fact]
    public void BytesThatAreBeingWrittenStayAsTheyAreThoughTheirViewerIsCutOff()
    {
        var slow = Watch();
        _log.Append([Build.Text(new string('a', 100_000))]);
        Assert.True(slow.TryTake(out var underWay, out _));
        var before = underWay.ToArray();

        slow.Detach();
        AppendAndTake(Watch(), times: 1000);

        Assert.True(underWay.Span.SequenceEqual(before));
    }

    [Fact]
    public void AViewerThatWaitsKeepsAllThatItHasNotTaken()
    {
        var slow = Watch();
        _log.Append([Build.Text("first")]);

        AppendAndTake(Watch(), times: 100);

        Assert.Equal(101, slow.TakeAll().Length);
    }

    [Fact]
    public void AViewerThatIsCutOffWhileNothingIsWrittenLetsGo()
    {
        var pump = new ViewerPump(new ViewerQueue(ViewerFormat.Plain, Build.Settings()), TimeProvider.System);
        pump.Start(Stream.Null);
        Assert.True(_log.TryFind(_log.NextOffset, out var chunk, out var frame));
        pump.Attach(_log, chunk, frame, _log.NextOffset, seam: null);
        _log.Append([Build.Text("to be seen")]);
        pump.Signal();

        pump.Kill();

        WhatNobodyHoldsIsUsedAgain();
    }

    private ViewerQueue Watch()
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
        queue.AttachFrom(_log, _log.NextOffset);
        return queue;
    }

    private void AppendAndTake(ViewerQueue viewer, int times)
    {
        for (var count = 0; count < times; count++)
        {
            _log.Append([Build.Text(new string('b', 50_000))]);
            Take(viewer);
        }
    }

    private static byte[] Take(ViewerQueue viewer)
    {
        Assert.True(viewer.TryTake(out var bytes, out _));
        Assert.True(MemoryMarshal.TryGetArray(bytes, out var array));
        viewer.Written();
        return array.Array!;
    }
}
