namespace OrleansRelay.TestKit.Clients;

/// <summary>A viewer over Server-Sent Events.</summary>
public sealed class SseViewer : IViewer
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 10_000 }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly HttpResponseMessage _response;
    private readonly SseReader _events;

    private SseViewer(HttpResponseMessage response, Stream body) => (_response, _events) = (response, new SseReader(body));

    /// <summary>Connects to an address such as <c>viewer/chess</c>.</summary>
    public static async Task<SseViewer> OpenAsync(Uri relay, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(relay, path));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WithinTest($"an SSE viewer to connect to {path}");
        response.EnsureSuccessStatusCode();
        return new SseViewer(response, await response.Content.ReadAsStreamAsync());
    }

    public Task<ViewerEvent> NextAsync() => _events.NextAsync();

    public ValueTask DisposeAsync()
    {
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
