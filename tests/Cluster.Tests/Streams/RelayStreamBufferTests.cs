using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Silo.Streaming;
using OrleansRelay.Streaming;

namespace OrleansRelay.Cluster.Tests.Streams;

public sealed class RelayStreamBufferTests
{
    private const int MoreThanMayWait = 5000;

    private readonly RelayStreamBuffer _buffer = new(StreamId.Create("channel", "news"), new StreamMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()));
    private long _sequence;

    [Fact]
    public void WhatWaitsIsGivenInOneDelivery()
    {
        var cursor = _buffer.Open(token: null);
        Append(3);

        Assert.True(cursor.MoveNext());
        Assert.Equal([1, 2, 3], Offsets(cursor));
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void EachCursorHasItsOwnPlace()
    {
        var quick = _buffer.Open(token: null);
        var slow = _buffer.Open(token: null);
        Append(1);
        Assert.True(quick.MoveNext());
        Append(1);

        Assert.True(quick.MoveNext());
        Assert.Equal([2], Offsets(quick));
        Assert.True(slow.MoveNext());
        Assert.Equal([1, 2], Offsets(slow));
    }

    [Fact]
    public void CursorThatFallsTooFarBehindIsToldAndGoesOnWithWhatIsNew()
    {
        var cursor = _buffer.Open(token: null);
        Append(MoreThanMayWait);

        Assert.Throws<QueueCacheMissException>(() => cursor.MoveNext());
        Append(1);
        Assert.True(cursor.MoveNext());
        Assert.Equal([MoreThanMayWait + 1], Offsets(cursor));
    }

    [Fact]
    public void CursorThatIsOpenedForABatchBeginsWithIt()
    {
        Append(1);
        _buffer.BeginRead();
        Append(2);

        var cursor = _buffer.Open(new EventSequenceTokenV2(2));

        Assert.True(cursor.MoveNext());
        Assert.Equal([2, 3], Offsets(cursor));
    }

    private static long[] Offsets(RelayStreamBuffer.Cursor cursor) =>
        [.. ((RelayBatch)cursor.GetCurrent(out _)).Batches.Select(batch => batch.FirstOffset)];

    private void Append(int count)
    {
        for (var added = 0; added < count; added++)
        {
            _sequence++;
            _buffer.Append(new RelayBatch
            {
                Batches = [new ChannelBatch { Epoch = 1, FirstOffset = _sequence, Messages = [SilosFixture.MessageOf(_sequence)] }],
                StreamId = _buffer.StreamId,
                SequenceToken = new EventSequenceTokenV2(_sequence),
            });
        }
    }
}
