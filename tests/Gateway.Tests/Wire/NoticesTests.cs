using System.Text.Json;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>The notices have the members that PROTOCOL.md's tables give them, and no others.</summary>
public sealed class NoticesTests
{
    private static readonly Position At = new(7, 3);

    private static readonly ChannelState State = new()
    {
        Channel = "chess",
        Epoch = 7,
        Head = 3,
        FirstHeld = 2,
        IsLive = true,
        Viewers = 0,
        HeldBytes = 0,
        Metadata = new ChannelMetadata { Title = "Final \"one\"", Game = "Käse" },
        Settings = new ChannelSettings { MaxMessageBytes = 99, ViewerQueueBytes = 1, ViewerQueueMessages = 1, SlowViewers = SlowViewerPolicy.Disconnect },
    };

    private static readonly Dictionary<string, byte[]> OfViewers = new()
    {
        ["hello"] = Notices.Hello(State, next: 2, isRecovered: false, "expired"),
        ["seam"] = Notices.Seam(At),
        ["gap"] = Notices.Gap(7, 1, 2, "slow"),
        ["epoch"] = Notices.Epoch(7, 1),
        ["started"] = Notices.Started(At, isReset: true),
        ["ended"] = Notices.Ended(At, isLost: true),
        ["position"] = Notices.Head(At),
    };

    private static readonly Dictionary<string, byte[]> OfPublishers = new()
    {
        ["hello"] = Notices.PublisherHello(State, "p", 4),
        ["ack"] = Notices.Ack(new PublishResult { Status = PublishStatus.Stored, LastSequence = 4, Epoch = 7, LastOffset = 3 }),
    };

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void TheProtocolsTableIsTheNotices(int section)
    {
        var notices = section == 4 ? OfViewers : OfPublishers;
        var expected = ProtocolPage.Table(section).ToDictionary(
            row => row[0].Trim('`'), row => string.Join(' ', ProtocolPage.Names(row[1]).Order(StringComparer.Ordinal)));

        Assert.Equal(expected, notices.ToDictionary(notice => notice.Key, notice => Members(notice.Value)));
        Assert.All(notices, notice => Assert.Equal(notice.Key, Parse(notice.Value).GetProperty("type").GetString()));
    }

    [Fact]
    public void WithoutAWishHelloSaysNothingOfRecovery() =>
        Assert.DoesNotContain("re", Members(Notices.Hello(State, 2, isRecovered: null, reason: null)).Split(' ').Select(name => name[..2]));

    [Fact]
    public void TextsAreEscaped()
    {
        var hello = Parse(OfViewers["hello"]);

        Assert.Equal(("Final \"one\"", "Käse"), (hello.GetProperty("title").GetString(), hello.GetProperty("game").GetString()));
    }

    [Fact]
    public void ReasonsAreTheProtocolsWords()
    {
        Assert.Equal("lost", Parse(Notices.Ended(At, isLost: true)).GetProperty("reason").GetString());
        Assert.Equal("ended", Parse(Notices.Ended(At, isLost: false)).GetProperty("reason").GetString());
    }

    private static string Members(byte[] json) =>
        string.Join(' ', Parse(json).EnumerateObject().Select(member => member.Name).Where(name => name != "type").Order(StringComparer.Ordinal));

    private static JsonElement Parse(byte[] json) => JsonDocument.Parse(json).RootElement;
}
