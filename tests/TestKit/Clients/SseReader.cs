using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace OrleansRelay.TestKit.Clients;

/// <summary>Parses Server-Sent Events by the bytes (WHATWG HTML, section 9.2.6), and undoes what PROTOCOL.md, section 9, does to messages.</summary>
public sealed class SseReader(Stream body)
{
    private readonly PipeReader _lines = PipeReader.Create(body);

    /// <summary>The next event; its end without a code when the response is over.</summary>
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

    private static void Take(byte[] line, List<byte[]> data, ref string? id, ref string? name)
    {
        var colon = Array.IndexOf(line, (byte)':');
        var value = line.AsSpan(colon + 1);
        value = value.StartsWith(" "u8) ? value[1..] : value;
        switch (Encoding.ASCII.GetString(line, 0, colon))
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
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                // The relay cut the response off.
                return null;
            }

            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end).ToArray();
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
