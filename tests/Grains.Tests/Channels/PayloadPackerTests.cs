using System.Runtime.InteropServices;
using System.Text;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class PayloadPackerTests
{
    private readonly PayloadPacker _packer = new();

    [Fact]
    public void WhatWasPackedStaysAsItIs()
    {
        var packed = Enumerable.Range(0, 5000).Select(number => (Number: number, Bytes: _packer.Pack(Encoding.ASCII.GetBytes($"message {number}")))).ToList();

        Assert.All(packed, one => Assert.Equal($"message {one.Number}", Encoding.ASCII.GetString(one.Bytes.Span)));
    }

    [Fact]
    public void ManySmallPayloadsAreInFewArrays()
    {
        var arrays = Enumerable.Range(0, 5000).Select(_ => ArrayOf(_packer.Pack(new byte[64]))).Distinct().Count();

        // 1 + 2 + 4 + 8 + 16 KiB, and 32 KiB from there on.
        Assert.Equal(5 + 9, arrays);
    }

    [Theory]
    [InlineData(1024, false)]
    [InlineData(1025, true)]
    public void LargeOnesAreLeftWhereTheyAre(int bytes, bool isLeft)
    {
        byte[] payload = new byte[bytes];

        Assert.Equal(isLeft, ArrayOf(_packer.Pack(payload)) == payload);
    }

    [Fact]
    public void NothingHasNoArray() => Assert.Equal(0, _packer.Pack(ReadOnlyMemory<byte>.Empty).Length);

    [Fact]
    public void AfterAResetItBeginsSmallAgainAndWhatWasGivenOutStays()
    {
        var before = _packer.Pack("before"u8.ToArray());
        for (var count = 0; count < 1000; count++)
        {
            _packer.Pack(new byte[64]);
        }

        _packer.Reset();

        Assert.Equal(1024, ArrayOf(_packer.Pack("after"u8.ToArray())).Length);
        Assert.Equal("before", Encoding.ASCII.GetString(before.Span));
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> payload) => MemoryMarshal.TryGetArray(payload, out var segment) ? segment.Array! : [];
}
