using System.Text;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class HistoryRingTests
{
    private readonly HistoryRing _ring = new();

    [Fact]
    public void AnEmptyRingHoldsNothingAfterItsHead()
    {
        Assert.Equal((0, 1, 0, 0), (_ring.Head, _ring.FirstHeld, _ring.Count, _ring.Bytes));
        Assert.Empty(_ring.Read(1, long.MaxValue, 10, 10, out var first));
        Assert.Equal(1, first);
    }

    [Fact]
    public void MessagesAreCountedFromOneAndReadBackInOrder()
    {
        Append("a", "bb", "ccc");

        Assert.Equal((3, 1, 3, 6), (_ring.Head, _ring.FirstHeld, _ring.Count, _ring.Bytes));
        Assert.Equal(["bb", "ccc"], _ring.Read(2, 3, 10, 100, out var first).Texts());
        Assert.Equal(2, first);
    }

    [Fact]
    public void TheOldestGoFirstWhenThereAreTooMany()
    {
        Append("a", "b", "c", "d");

        _ring.Trim(maxMessages: 2, maxBytes: 100, notBefore: 0);

        Assert.Equal(["c", "d"], _ring.Read(1, 4, 10, 100, out var first).Texts());
        Assert.Equal((3, 3, 4), (first, _ring.FirstHeld, _ring.Head));
    }

    [Fact]
    public void TheOldestGoFirstWhenTheyAreTooLarge()
    {
        Append("aaaa", "bb", "ccc");

        _ring.Trim(maxMessages: 10, maxBytes: 5, notBefore: 0);

        Assert.Equal(["bb", "ccc"], _ring.Read(1, 3, 10, 100, out _).Texts());
        Assert.Equal(5, _ring.Bytes);
    }

    [Fact]
    public void TheOldestGoWhenTheyAreTooOld()
    {
        _ring.Append(Messages.Text("old", publishedAt: 9));
        _ring.Append(Messages.Text("new", publishedAt: 10));

        _ring.Trim(maxMessages: 10, maxBytes: 100, notBefore: 10);

        Assert.Equal(["new"], _ring.Read(1, 2, 10, 100, out _).Texts());
    }

    [Fact]
    public void AMessageLargerThanThePageIsAPageOfItsOwn()
    {
        Append("aaaaaaaaaa", "b");

        Assert.Equal(["aaaaaaaaaa"], _ring.Read(1, 2, 10, maxBytes: 4, out _).Texts());
    }

    [Fact]
    public void APageHasAtMostTheMessagesAndBytesThatAreAskedFor()
    {
        Append("aa", "bb", "cc");

        Assert.Equal(["aa", "bb"], _ring.Read(1, 3, maxMessages: 2, maxBytes: 100, out _).Texts());
        Assert.Equal(["aa", "bb"], _ring.Read(1, 3, maxMessages: 10, maxBytes: 5, out _).Texts());
    }

    [Fact]
    public void WhatLiesBeyondTheHeadIsNotThere()
    {
        Append("a");

        Assert.Empty(_ring.Read(5, 9, 10, 100, out var first));
        Assert.Equal(5, first);
    }

    [Fact]
    public void AClearedRingGoesOnCounting()
    {
        Append("a", "b");
        _ring.Clear();
        Append("c");

        Assert.Equal((3, 3, 1), (_ring.Head, _ring.FirstHeld, _ring.Count));
        Assert.Equal(["c"], _ring.Read(1, 3, 10, 100, out _).Texts());
    }

    [Fact]
    public void ARingCanBeginAtAnyHead()
    {
        _ring.StartAt(41);
        Append("a");

        Assert.Equal((42, 42), (_ring.Head, _ring.FirstHeld));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ItDoesWhatAPlainListDoes(int seed)
    {
        var random = new Random(seed);
        var model = new List<(long Offset, Message Message)>();
        long head = 0;
        for (var step = 0; step < 4000; step++)
        {
            switch (random.Next(20))
            {
                case 0:
                    _ring.Clear();
                    model.Clear();
                    break;
                case 1:
                    head += random.Next(100);
                    _ring.StartAt(head);
                    model.Clear();
                    break;
                case < 6:
                    var (count, bytes, age) = (random.Next(40), random.Next(400), random.Next(step + 1));
                    _ring.Trim(count, bytes, age);
                    while (model.Count > 0 && (model.Count > count || model.Sum(one => one.Message.Payload.Length) > bytes || model[0].Message.PublishedAt < age))
                    {
                        model.RemoveAt(0);
                    }

                    break;
                default:
                    var message = Messages.Text(new string((char)('a' + step % 26), random.Next(30)), publishedAt: step);
                    _ring.Append(message);
                    model.Add((++head, message));
                    break;
            }

            var from = head - random.Next(50) + 5;
            var (to, most, limit) = (from + random.Next(50), random.Next(1, 30), random.Next(300));
            var expected = Read(model, from, to, most, limit);

            Assert.Equal((head, model.Count, model.Sum(one => (long)one.Message.Payload.Length)), (_ring.Head, _ring.Count, _ring.Bytes));
            Assert.Equal(expected.Select(Seen), _ring.Read(from, to, most, limit, out _).Select(Seen));
        }
    }

    /// <summary>Not the message itself: equal ones may lie in different arrays.</summary>
    private static (string Text, MessageKind Kind, long PublishedAt, long Sender) Seen(Message message) =>
        (Encoding.UTF8.GetString(message.Payload.Span), message.Kind, message.PublishedAt, message.Sender);

    private static Message[] Read(List<(long Offset, Message Message)> model, long from, long to, int most, long limit)
    {
        var page = new List<Message>();
        foreach (var (_, message) in model.Where(one => one.Offset >= from && one.Offset <= to).Take(most))
        {
            if (page.Count > 0 && page.Sum(one => one.Payload.Length) + message.Payload.Length > limit)
            {
                break;
            }

            page.Add(message);
        }

        return [.. page];
    }

    private void Append(params string[] texts)
    {
        foreach (var text in texts)
        {
            _ring.Append(Messages.Text(text));
        }
    }
}
