using System.Net.Sockets;
using System.Runtime.InteropServices;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>Large frames for many viewers leave from shared pages, and arrive as those from an array do.</summary>
public sealed class MemoryFileTests : IDisposable
{
    private const int ManyViewers = 100;

    private readonly FrameLog _log = Build.Log(ViewerFormat.RelayV1);
    private readonly ViewerQueue _queue = new(ViewerFormat.RelayV1, Build.Settings(queueBytes: 1 << 28));
    private readonly List<byte> _expected = [];
    private readonly SocketPair _sockets = new();

    public MemoryFileTests() => _queue.AttachFrom(_log, _log.NextOffset);

    [Theory]
    [InlineData(80 * 1024, ManyViewers, true)]
    [InlineData(2 * 1024 * 1024, ManyViewers, true)]
    [InlineData(80 * 1024, 2, false)]
    [InlineData(1024, ManyViewers, false)]
    public void PagesAreSharedWhereThatPays(int size, int viewers, bool isShared)
    {
        Append(size, viewers);
        Append(size, viewers);

        Assert.True(_queue.TryTake(out var bytes, out _));
        Assert.Equal(isShared && OperatingSystem.IsLinux(), IsShared(bytes));
    }

    [Fact]
    public async Task AViewerThatReadsSlowlyGetsEveryByte()
    {
        var output = DirectOutput.TryCreate(_sockets.Accepted)!;
        _sockets.Accepted.SendBufferSize = 64 * 1024;
        for (var count = 0; count < 20; count++)
        {
            Append(300_000 + (count * 1001), ManyViewers);
        }

        var received = ReceiveAsync(_expected.Count);
        var shared = await SendAsync(output);

        Assert.Equal(_expected.ToArray(), await received);
        Assert.Equal(OperatingSystem.IsLinux(), shared > _expected.Count / 2);
    }

    [Fact]
    public async Task WhatWasSentIsReadThoughTheLogHasForgottenIt()
    {
        var output = DirectOutput.TryCreate(_sockets.Accepted)!;
        Append(100_000, ManyViewers);
        await SendAsync(output);
        for (var count = 0; count < 30; count++)
        {
            Append(100_000, ManyViewers, isExpected: false);
            Assert.True(_queue.TryTake(out _, out _));
            _queue.Written();
        }

        Assert.Equal(_expected.ToArray(), await ReceiveAsync(_expected.Count));
    }

    [Fact]
    public async Task SmallFramesBetweenThemKeepTheirPlace()
    {
        var output = DirectOutput.TryCreate(_sockets.Accepted)!;
        int[] sizes = [90_000, 10, 70_000, 0, 1000, 66_000, 500_000, 3];
        foreach (var size in sizes)
        {
            Append(size, ManyViewers);
        }

        var received = ReceiveAsync(_expected.Count);
        await SendAsync(output);

        Assert.Equal(_expected.ToArray(), await received);
    }

    [Fact]
    public async Task AViewerThatHasGoneIsFoundOut()
    {
        var output = DirectOutput.TryCreate(_sockets.Accepted)!;
        _sockets.Peer.LingerState = new LingerOption(enable: true, seconds: 0);
        _sockets.Peer.Dispose();

        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
            {
                Append(100_000, ManyViewers);
                await SendAsync(output);
            }
        });
    }

    [Fact]
    public async Task ManyMayReadTheBytesAtOnce()
    {
        Append(10, ManyViewers);
        Append(100_000, ManyViewers);
        var chunks = new List<ReadOnlyMemory<byte>>();
        while (_queue.TryTake(out var bytes, out _))
        {
            chunks.Add(bytes);
        }

        var copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => chunks.SelectMany(chunk => chunk.ToArray()).ToArray())));

        Assert.All(copies, copy => Assert.Equal(_expected.ToArray(), copy));
    }

    public void Dispose() => _sockets.Dispose();

    private static bool IsShared(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetMemoryManager<byte, MemoryFile>(bytes, out _);

    private void Append(int size, int viewers, bool isExpected = true)
    {
        var message = new Message { Kind = MessageKind.Binary, Payload = new byte[size] };
        new Random(size).NextBytes(MemoryMarshal.AsMemory(message.Payload).Span);
        if (isExpected)
        {
            var frame = new System.Buffers.ArrayBufferWriter<byte>();
            ViewerFormat.RelayV1.Write(frame, message, new Position(_log.Epoch, _log.NextOffset));
            _expected.AddRange(frame.WrittenSpan);
        }

        _log.Append([message], viewers);
    }

    /// <returns>How many bytes of it lie in shared pages.</returns>
    private async Task<int> SendAsync(DirectOutput output)
    {
        var shared = 0;
        while (_queue.TryTake(out var bytes, out _))
        {
            shared += IsShared(bytes) ? bytes.Length : 0;
            await output.WriteAsync(bytes).WithinTest("the viewer to take it");
            _queue.Written();
        }

        return shared;
    }

    private async Task<byte[]> ReceiveAsync(int count)
    {
        var received = new byte[count];
        var length = 0;
        while (length < count)
        {
            length += await _sockets.Peer.ReceiveAsync(received.AsMemory(length, Math.Min(30_000, count - length))).WithinTest("what was sent");
        }

        return received;
    }
}
