using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Tests.Streams;

namespace OrleansRelay.Gateway.Tests.Ingest;

/// <summary>A POST while the channel's silo is gone.</summary>
public sealed class HttpPublishRetryTests : IDisposable
{
    private readonly FakeChannel _channel = new() { OnPublish = _ => Task.FromResult(new PublishResult { Status = PublishStatus.Stored, Epoch = 7, LastOffset = 1 }) };
    private readonly AnswerWatch _watch = new(TimeProvider.System);

    public void Dispose() => _watch.Dispose();

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-ndjson")]
    public async Task ItWaitsUntilTheChannelCanBeReachedAgain(string contentType)
    {
        _channel.IsUnreachable = true;
        var (context, posting) = Post(contentType, retryFor: TimeSpan.FromMinutes(1));
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        Assert.False(posting.IsCompleted);

        _channel.IsUnreachable = false;

        await posting.WithinTest("the answer");
        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-ndjson")]
    public async Task ButNotForEver(string contentType)
    {
        _channel.IsUnreachable = true;
        var (_, posting) = Post(contentType, retryFor: TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAsync<TimeoutException>(() => posting.WithinTest("the end of the waiting"));
    }

    private (HttpContext Context, Task Posting) Post(string contentType, TimeSpan retryFor)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.ContentType = contentType;
        context.Request.Body = new MemoryStream("message"u8.ToArray());
        var publish = new HttpPublish(_channel.Cluster, new IngestTotals(), _watch, Options.Create(new IngestOptions { RetryFor = retryFor }), TimeProvider.System);
        return (context, publish.HandleAsync(context, FakeChannel.Name));
    }
}
