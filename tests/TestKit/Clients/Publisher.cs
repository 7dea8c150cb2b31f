using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace OrleansRelay.TestKit.Clients;

/// <summary>A publisher over WebSocket: plain, or with subprotocol relay.v1 and its acknowledgements.</summary>
public sealed class Publisher : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly WebSocketReader _reader;

    private Publisher() => _reader = new WebSocketReader(_socket);

    /// <summary>The relay's hello; only with relay.v1.</summary>
    public JsonElement Hello { get; private set; }

    /// <summary>The newest sequence that was sent.</summary>
    public long Sequence { get; private set; }

    /// <summary>The newest sequence that the relay has said it stored.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Connects to an address such as <c>streamer/chess?publisher=me</c>.</summary>
    public static async Task<Publisher> OpenAsync(Uri relay, string path, bool isV1 = false, WebSocketDeflateOptions? deflate = null)
    {
        var publisher = new Publisher();
        publisher._socket.Options.DangerousDeflateOptions = deflate;
        publisher._socket.Options.Proxy = null;
        if (isV1)
        {
            publisher._socket.Options.AddSubProtocol("relay.v1");
        }

        await publisher._socket.ConnectAsync(new Uri(new UriBuilder(relay) { Scheme = "ws" }.Uri, path), CancellationToken.None).WithinTest($"a publisher to connect to {path}");
        if (isV1)
        {
            publisher.Hello = (await publisher.NextNoticeAsync())!.Value;
            publisher.Sequence = publisher.Acknowledged = publisher.Hello.GetProperty("lastSequence").GetInt64();
        }

        return publisher;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), isText: true);

    /// <summary>Sends one message; with relay.v1 under the next sequence.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> payload, bool isText) =>
        _socket.SubProtocol is null ? SendRawAsync(payload, isText) : SendAsync(payload, isText, Sequence + 1);

    /// <summary>Sends one relay.v1 message under a sequence of the test's choice.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> payload, bool isText, long sequence)
    {
        Sequence = sequence;
        return SendRawAsync(RelayV1.WritePublisherMessage(isText, sequence, payload.Span), isText: false);
    }

    /// <summary>Sends one WebSocket message as it is.</summary>
    public Task SendRawAsync(ReadOnlyMemory<byte> bytes, bool isText, bool isLast = true) => _socket
        .SendAsync(bytes, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, isLast, CancellationToken.None)
        .AsTask().WithinTest("a message to be sent");

    /// <summary>Waits until all that was sent is stored.</summary>
    public Task AcknowledgedAsync() => AcknowledgedAsync(Sequence);

    /// <summary>Waits until all up to a sequence is stored.</summary>
    public async Task AcknowledgedAsync(long sequence)
    {
        while (Acknowledged < sequence)
        {
            if (await NextNoticeAsync().WithinTest($"the acknowledgement of {sequence}") is not { } notice)
            {
                throw new InvalidOperationException($"Waited for the acknowledgement of {sequence}, got close {_reader.CloseCode} '{_socket.CloseStatusDescription}'.");
            }

            Acknowledged = Math.Max(Acknowledged, notice.GetProperty("sequence").GetInt64());
        }
    }

    /// <summary>The next notice, or null when the relay closed.</summary>
    public async Task<JsonElement?> NextNoticeAsync()
    {
        var (type, bytes) = await _reader.ReadAsync();
        return type == WebSocketMessageType.Close ? null : JsonDocument.Parse(bytes).RootElement;
    }

    /// <summary>Waits until the relay closes; notices before that are passed over.</summary>
    public async Task<(int Code, string Reason)> ClosedAsync()
    {
        while (await NextNoticeAsync().WithinTest("the relay to close a publisher") is { } notice)
        {
            Acknowledged = notice.GetProperty("type").GetString() == "ack" ? notice.GetProperty("sequence").GetInt64() : Acknowledged;
        }

        return (_reader.CloseCode, _socket.CloseStatusDescription ?? "");
    }

    /// <summary>Ends the stream in good order: when it returns, all that was sent is stored.</summary>
    public Task EndAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WithinTest("a publisher's close to be answered");

    /// <summary>Answers the relay's close.</summary>
    public Task AnswerCloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WithinTest("the answer to a close");

    /// <summary>Breaks the connection without a word.</summary>
    public void Break() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
