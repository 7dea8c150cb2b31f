using System.Globalization;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class PublisherLedgerTests
{
    private readonly PublisherLedger _ledger = new();

    [Fact]
    public void AnUnknownPublisherHasStoredNothing() =>
        Assert.Equal(new PublisherLine { PublisherId = "p" }, _ledger.Find("p"));

    [Fact]
    public void TheNewestLineCounts()
    {
        Write("p", sequence: 1, at: 0);
        Write("p", sequence: 2, at: 1);

        Assert.Equal(2, _ledger.Find("p").LastSequence);
        Assert.Single(_ledger.Lines);
    }

    [Fact]
    public void SilentPublishersAreForgottenUnlessTheyAreOpen()
    {
        Write("silent", 1, at: 9);
        Write("open", 1, at: 9);
        Write("recent", 1, at: 10);

        _ledger.Forget(silentSince: 10, publisher => publisher == "open");

        Assert.Equal(["open", "recent"], _ledger.Lines.Select(line => line.PublisherId).Order());
    }

    [Fact]
    public void TheOneUsedLongestAgoMakesRoom()
    {
        for (var number = 0; number < PublisherLedger.MaxPublishers; number++)
        {
            Write(number.ToString(CultureInfo.InvariantCulture), 1, at: 100 + number);
        }

        Write("0", 2, at: 5000);
        Write("new", 1, at: 5001);

        Assert.Equal(PublisherLedger.MaxPublishers, _ledger.Lines.Count);
        Assert.Equal((2, 0, 1), (_ledger.Find("0").LastSequence, _ledger.Find("1").LastSequence, _ledger.Find("new").LastSequence));
    }

    private void Write(string publisher, long sequence, long at) =>
        _ledger.Write(new PublisherLine { PublisherId = publisher, LastSequence = sequence, LastOffset = sequence, WrittenAt = at });
}
