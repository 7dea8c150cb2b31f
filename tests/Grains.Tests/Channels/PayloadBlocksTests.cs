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
    [InlineData(64, 100)]
    [InlineData(80 * 1024, 100)]
    [InlineData(64, 30_000)]
    public void ASteadyStreamNeedsNoNewMemory(int bytes, int held)
    {
        var payload = new byte[bytes];
        Queue<PayloadBlocks.Place> places = [];
        for (var step = 0; step < 4 * held; step++)
        {
            AppendAndDrop(payload, places, held);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 4 * held; step++)
        {
            AppendAndDrop(payload, places, held);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void BatchesThatAreDroppedLaterNeedNoNewMemoryEither()
    {
        var payload = new byte[16 * 1024];
        Queue<PayloadBlocks.Place> places = [];
        for (var step = 0; step < 100; step++)
        {
            AppendAndDrop(payload, places, held: 500, batch: 64);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 100; step++)
        {
            AppendAndDrop(payload, places, held: 500, batch: 64);
        }

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

    private void AppendAndDrop(byte[] payload, Queue<PayloadBlocks.Place> places, int held, int batch = 1)
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

    private byte[] Read(PayloadBlocks.Place place, int length)
    {
        var payload = new byte[length];
        _blocks.CopyTo(place, payload);
        return payload;
    }
}
