using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class PayloadBlocksTests
{
    private readonly PayloadBlocks _blocks = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatIsHeldStaysAsItIs(int seed)
    {
        var random = new Random(seed);
        Queue<(PayloadBlocks.Place Place, byte[] Payload)> held = [];
        for (var step = 0; step < 3000; step++)
        {
            var payload = new byte[random.Next(20) == 0 ? random.Next(200_000) : random.Next(500)];
            random.NextBytes(payload);
            held.Enqueue((_blocks.Append(payload), payload));
            while (held.Count > random.Next(1, 200))
            {
                held.Dequeue();
            }

            _blocks.DropBefore(held.Peek().Place);
            Assert.All(held.Where(_ => random.Next(20) == 0), one => Assert.Equal(one.Payload, Read(one.Place, one.Payload.Length)));
        }
    }

    [Theory]
    [InlineData(64, 100, 1, 400)]
    [InlineData(80 * 1024, 100, 1, 400)]
    [InlineData(64, 30_000, 1, 120_000)]
    [InlineData(16 * 1024, 500, 64, 100)]
    public void ASteadyStreamNeedsNoNewMemory(int bytes, int held, int batch, int steps)
    {
        var payload = new byte[bytes];
        Queue<PayloadBlocks.Place> places = [];
        AppendAndDrop(payload, places, held, batch, steps);

        var before = GC.GetAllocatedBytesForCurrentThread();
        AppendAndDrop(payload, places, held, batch, steps);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void AQuietChannelTakesLittle()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        _blocks.Append(new byte[10]);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1024, 1024 + 256);
    }

    [Fact]
    public void NothingIsHeldOfNothing() => Assert.Empty(Read(_blocks.Append([]), 0));

    [Fact]
    public void AfterAClearItBeginsAnew()
    {
        _blocks.Append(new byte[100_000]);
        _blocks.Clear();
        var place = _blocks.Append("after"u8);

        _blocks.DropBefore(place);

        Assert.Equal("after"u8.ToArray(), Read(place, 5));
    }

    /// <summary>A channel's steps: a batch is stored, then as much is dropped.</summary>
    private void AppendAndDrop(byte[] payload, Queue<PayloadBlocks.Place> places, int held, int batch, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            for (var count = 0; count < batch; count++)
            {
                places.Enqueue(_blocks.Append(payload));
            }

            while (places.Count > held)
            {
                places.Dequeue();
            }

            _blocks.DropBefore(places.Peek());
        }
    }

    private byte[] Read(PayloadBlocks.Place place, int length)
    {
        var payload = new byte[length];
        _blocks.CopyTo(place, payload);
        return payload;
    }
}
