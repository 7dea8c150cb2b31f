using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace OrleansRelay.TestKit.Clients;

/// <summary>A viewer over Server-Sent Events, which it parses by the bytes (WHATWG HTML, section 9.2.6).</summary>
public sealed class SseViewer : IViewer
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 10_000 }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly HttpResponseMessage _response;
    private readonly PipeReader _lines;

    private SseViewer(HttpResponseMessage response, Stream body) => (_response, _lines) = (response, PipeReader.Create(body));

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

    public async Task<ViewerEvent> NextAsync()
    {
        List<byte[]> data = [];
        string? id = null, name = null;
        while (await ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                Take(line, data, ref id, ref name);
            }
            else if (data.Count > 0)
            {
                return ToEvent(data, id, name);
            }
        }

        return new ViewerEvent { CloseCode = -1 };
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        await _lines.CompleteAsync();
    }

    private static void Take(byte[] line, List<byte[]> data, ref string? id, ref string? name)
    {
        var colon = Array.IndexOf(line, (byte)':');
        var field = Encoding.ASCII.GetString(line, 0, colon);
        var value = line.AsSpan(colon + 1);
        value = value.StartsWith(" "u8) ? value[1..] : value;
        switch (field)
        {
            case "data":
                data.Add(value.ToArray());
                break;
            case "id":
                id = Encoding.ASCII.GetString(value);
                break;
            case "event":
                name = Encoding.ASCII.GetString(value);
                break;
        }
    }

    private static ViewerEvent ToEvent(List<byte[]> lines, string? id, string? name)
    {
        byte[] data = [.. lines.SelectMany((line, index) => index == 0 ? line : [(byte)'\n', .. line])];
        if (id is null)
        {
            var notice = JsonDocument.Parse(data).RootElement;
            return name == "close"
                ? new ViewerEvent { CloseCode = notice.GetProperty("code").GetInt32(), CloseReason = notice.GetProperty("reason").GetString()! }
                : new ViewerEvent { Notice = notice };
        }

        var colon = id.IndexOf(':', StringComparison.Ordinal);
        return new ViewerEvent
        {
            IsMessage = true,
            IsText = name is null or "text-base64",
            Epoch = long.Parse(id.AsSpan(0, colon), CultureInfo.InvariantCulture),
            Offset = long.Parse(id.AsSpan(colon + 1), CultureInfo.InvariantCulture),
            Payload = name is null ? data : Convert.FromBase64String(Encoding.ASCII.GetString(data)),
        };
    }

    private async Task<byte[]?> ReadLineAsync()
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await _lines.ReadAsync();
            }
            catch (IOException)
            {
                return null;
            }

            if (System.Buffers.BuffersExtensions.PositionOf(read.Buffer, (byte)'\n') is { } end)
            {
                var line = System.Buffers.BuffersExtensions.ToArray(read.Buffer.Slice(0, end));
                _lines.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted)
            {
                return null;
            }

            _lines.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
