using OrleansRelay.Gateway.Wire;
using OrleansRelay.Gateway.Tests.Viewers;

namespace OrleansRelay.Gateway.Tests.Streams;

public sealed class HistoryReaderTests
{
    private readonly FakeChannel _channel = new();

    [Fact]
    public async Task APageEndsAtABlock()
    {
        _channel.Store(1000);

        var first = await ReadAsync(1);
        var middle = await ReadAsync(300);

        Assert.Equal((1, 257), (first.Page.FirstOffset, first.Page.NextOffset));
        Assert.Equal((300, 513), (middle.Page.FirstOffset, middle.Page.NextOffset));
    }

    [Fact]
    public async Task AFullPageIsAskedForOnce()
    {
        _channel.Store(300);

        Assert.Same(await ReadAsync(1), await ReadAsync(1));
        Assert.Equal(1, _channel.Reads);
    }

    [Fact]
    public async Task APageThatIsNotFullYetIsAskedForAgain()
    {
        _channel.Store(10);
        Assert.Equal(10, (await ReadAsync(1)).Page.Messages.Length);
        _channel.Store(5);

        Assert.Equal(15, (await ReadAsync(1)).Page.Messages.Length);
    }

    [Fact]
    public async Task APageOfAnotherEpochIsNotKept()
    {
        _channel.Store(300);
        Assert.Equal(7, (await _channel.History.ReadAsync(FakeChannel.Name, 6, 1).WithinTest("the page")).Page.Epoch);
        await _channel.History.ReadAsync(FakeChannel.Name, 6, 1).WithinTest("the page");

        Assert.Equal(2, _channel.Reads);
    }

    [Fact]
    public async Task AFailedReadIsNotKept()
    {
        _channel.Store(300);
        _channel.IsUnreachable = true;
        await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(1));
        _channel.IsUnreachable = false;

        Assert.Equal(256, (await ReadAsync(1)).Page.Messages.Length);
    }

    [Fact]
    public async Task ThousandsWhoReadAtOnceAllGetTheirPages()
    {
        _channel.Store(600);

        var pages = await Task.WhenAll(Enumerable.Range(0, 4000).Select(number => Task.Run(() => ReadAsync(1 + number % 600)))).WithinTest("all pages");

        Assert.All(pages, page => Assert.NotEmpty(page.Page.Messages));
        _channel.Store(1);
        Assert.Equal(601 - 513 + 1, (await ReadAsync(513)).Page.Messages.Length);
    }

    [Fact]
    public async Task EachFormIsEncodedOnce()
    {
        _channel.Store(3);
        var page = await ReadAsync(1);

        Assert.True(page.In(ViewerFormat.Plain).Equals(page.In(ViewerFormat.Plain)));
        Assert.Equal(["1", "2", "3"], Build.Frames(page.In(ViewerFormat.Plain).Span));
        Assert.Equal(["1", "2", "3"], Build.Frames(page.In(ViewerFormat.RelayV1).Span));
    }

    private Task<Gateway.Streams.EncodedPage> ReadAsync(long from) => _channel.History.ReadAsync(FakeChannel.Name, _channel.Epoch, from).WithinTest("the page");
}
