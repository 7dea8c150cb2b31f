using System.Text;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class StoredBufferTests
{
    private static readonly Message[] Some =
    [
        Messages.Text("hi", publishedAt: 5, sender: 7),
        new() { Kind = MessageKind.Binary, Payload = new byte[] { 0, 255, 10 }, PublishedAt = long.MaxValue },
        Messages.Text("", publishedAt: -1),
    ];

    [Fact]
    public void WhatIsPackedIsUnpacked()
    {
        var unpacked = StoredBuffer.Unpack(Pack(Some)).ToArray();

        Assert.Equal(Some.Select(Describe), unpacked.Select(Describe));
    }

    [Fact]
    public void ALongHistoryIsPackedWhole()
    {
        Message[] many = [.. Enumerable.Range(0, 5000).Select(number => Messages.Text(new string('x', number % 1000 == 0 ? 300_000 : number % 50), publishedAt: number))];

        Assert.Equal(many.Select(Describe), StoredBuffer.Unpack(Pack(many)).Select(Describe));
    }

    [Fact]
    public void NothingPacksToNothing() => Assert.Empty(StoredBuffer.Unpack(Pack([])));

    [Fact]
    public void EveryTruncationIsNoticed()
    {
        var whole = Pack(Some);
        var ends = new HashSet<int> { 0 };
        for (int index = 0, end = 0; index < Some.Length; index++)
        {
            ends.Add(end += 21 + Some[index].Payload.Length);
        }

        for (var length = 0; length < whole.Length; length++)
        {
            var part = whole.AsMemory(0, length);
            if (!ends.Contains(length))
            {
                Assert.Throws<InvalidDataException>(() => StoredBuffer.Unpack(part).ToArray());
            }
        }
    }

    [Fact]
    public void ANegativeLengthIsNoticed()
    {
        var packed = Pack(Messages.Texts("hi"));
        packed.AsSpan(17, 4).Fill(0xff);

        Assert.Throws<InvalidDataException>(() => StoredBuffer.Unpack(packed).ToArray());
    }

    private static byte[] Pack(Message[] messages)
    {
        var history = new HistoryRing();
        foreach (var message in messages)
        {
            history.Append(message);
        }

        return StoredBuffer.Of(epoch: 1, history, new PublisherLedger()).Messages;
    }

    private static string Describe(Message message) =>
        $"{message.Kind} {message.PublishedAt} {message.Sender} {Convert.ToHexString(message.Payload.Span)} {Encoding.UTF8.GetString(message.Payload.Span)}";
}
