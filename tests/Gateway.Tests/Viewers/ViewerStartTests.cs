using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>PROTOCOL.md, section 2, on a channel in epoch 7 that holds the messages 11 to 20.</summary>
public sealed class ViewerStartTests
{
    private static readonly ChannelState Channel = new()
    {
        Channel = "chess",
        Epoch = 7,
        Head = 20,
        FirstHeld = 11,
        IsLive = true,
        Viewers = 0,
        HeldBytes = 0,
        Metadata = new ChannelMetadata(),
        Settings = Build.Settings(),
    };

    private static readonly ChannelState Empty = Channel with { Head = 0, FirstHeld = 1 };

    [Theory]
    [InlineData("", null, 11, null, null)]
    [InlineData("?other=1", null, 11, null, null)]
    [InlineData("?from=live", null, 21, null, null)]
    [InlineData("?tail=0", null, 21, null, null)]
    [InlineData("?tail=1", null, 20, null, null)]
    [InlineData("?tail=10", null, 11, null, null)]
    [InlineData("?tail=999", null, 11, null, null)]
    [InlineData("?since=7:10", null, 11, true, null)]
    [InlineData("?since=7:15", null, 16, true, null)]
    [InlineData("?since=7:20", null, 21, true, null)]
    [InlineData("?since=7:9", null, 11, false, "expired")]
    [InlineData("?since=7:0", null, 11, false, "expired")]
    [InlineData("?since=7:21", null, 11, false, "future")]
    [InlineData("?since=6:15", null, 11, false, "epoch-changed")]
    [InlineData("?since=8:15", null, 11, false, "epoch-changed")]
    [InlineData("", "7:15", 16, true, null)]
    [InlineData("?from=live", "7:15", 16, true, null)]
    [InlineData("?since=7:12&tail=3", "7:9", 11, false, "expired")]
    [InlineData("?tail=3", "", 18, null, null)]
    [InlineData("", "42", 11, false, "foreign")]
    [InlineData("?tail=3", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", 11, false, "foreign")]
    [InlineData("", "7:-1", 11, false, "foreign")]
    public void AViewerStartsWhereItWishes(string query, string? lastEventId, long next, bool? isRecovered, string? reason)
    {
        Assert.True(ViewerStart.TryParse(Query(query), lastEventId, out var start, out _));

        Assert.Equal((new Position(7, next), isRecovered, reason), start.Resolve(Channel));
    }

    [Theory]
    [InlineData("", 1, null, null)]
    [InlineData("?tail=5", 1, null, null)]
    [InlineData("?from=live", 1, null, null)]
    [InlineData("?since=7:0", 1, true, null)]
    [InlineData("?since=7:1", 1, false, "future")]
    public void AnEmptyChannelStartsAtItsFirstMessage(string query, long next, bool? isRecovered, string? reason)
    {
        Assert.True(ViewerStart.TryParse(Query(query), null, out var start, out _));

        Assert.Equal((new Position(7, next), isRecovered, reason), start.Resolve(Empty));
    }

    [Theory]
    [InlineData("?since=7:1&tail=5", "since and tail")]
    [InlineData("?tail=5&from=live", "tail and from")]
    [InlineData("?since=", "since is ''")]
    [InlineData("?since=7", "since is '7'; it must be epoch:offset")]
    [InlineData("?since=7:-1", "since is '7:-1'")]
    [InlineData("?since=7:1&since=7:2", "since is")]
    [InlineData("?tail=-1", "tail is '-1'; it must be a whole number")]
    [InlineData("?tail=many", "tail is 'many'")]
    [InlineData("?tail=9223372036854775808", "tail is")]
    [InlineData("?from=start", "from is 'start'; it must be live")]
    public void AWrongWishIsRefusedWithWhatWouldBeRight(string query, string error)
    {
        Assert.False(ViewerStart.TryParse(Query(query), lastEventId: null, out _, out var said));

        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    private static QueryCollection Query(string query) => new(QueryHelpers.ParseQuery(query));
}
