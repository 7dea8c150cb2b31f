using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OrleansRelay.TestKit.Clients;

/// <summary>A TCP connection to the relay that sends whatever bytes a test wants and reads the answer byte by byte.</summary>
public sealed class RawSocket : IAsyncDisposable
{
    /// <summary>A good handshake's headers, for a test to leave out or change one.</summary>
    public static readonly IReadOnlyDictionary<string, string> Handshake = new Dictionary<string, string>
    {
        ["Host"] = "relay",
        ["Upgrade"] = "websocket",
        ["Connection"] = "Upgrade",
        ["Sec-WebSocket-Version"] = "13",
        ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
    };

    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    /// <summary>The RSV bits of the frame read last, 0 to 7; 4 is RSV1, which says that it begins a compressed message.</summary>
    public int ReservedBits { get; private set; }

    /// <param name="relay">Where to.</param>
    /// <param name="receiveBufferBytes">How much the kernel takes in while nobody reads; 0 for as much as it likes.</param>
    public static async Task<RawSocket> ConnectAsync(Uri relay, int receiveBufferBytes = 0)
    {
        var socket = new RawSocket();
        if (receiveBufferBytes > 0)
        {
            socket._client.ReceiveBufferSize = receiveBufferBytes;
        }

        await socket._client.ConnectAsync(relay.Host, relay.Port).WithinTest("a TCP connection to the relay");
        socket._client.NoDelay = true;
        socket._stream = socket._client.GetStream();
        return socket;
    }

    /// <summary>Connects and shakes hands.</summary>
    /// <param name="relay">Where to.</param>
    /// <param name="path">The address, such as <c>viewer/chess</c>.</param>
    /// <param name="receiveBufferBytes">How much the kernel takes in while nobody reads; 0 for as much as it likes.</param>
    /// <param name="extensions">What is offered as Sec-WebSocket-Extensions.</param>
    public static async Task<RawSocket> UpgradeAsync(Uri relay, string path, int receiveBufferBytes = 0, string? extensions = null)
    {
        var socket = await ConnectAsync(relay, receiveBufferBytes);
        var headers = new Dictionary<string, string>(Handshake);
        if (extensions is not null)
        {
            headers["Sec-WebSocket-Extensions"] = extensions;
        }

        await socket.SendRequestAsync(path, headers);
        var answer = await socket.ReadResponseAsync();
        return answer.Status == 101 ? socket : throw new InvalidOperationException($"The relay answered {answer.Status} to the handshake: {answer.Body}");
    }

    public Task SendRequestAsync(string path, IReadOnlyDictionary<string, string> headers, string method = "GET") =>
        SendAsync(Encoding.ASCII.GetBytes($"{method} /{path} HTTP/1.1\r\n{string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n"));

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes).WithinTest("raw bytes to be sent");

    /// <summary>Sends one frame as a client does.</summary>
    /// <param name="opcode">0 to 15.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="isFinal">The FIN bit.</param>
    /// <param name="reservedBits">The RSV bits, 0 to 7.</param>
    /// <param name="isMasked">False breaks the protocol.</param>
    public Task SendFrameAsync(int opcode, ReadOnlySpan<byte> payload, bool isFinal = true, int reservedBits = 0, bool isMasked = true) =>
        SendAsync(ToFrame(opcode, payload, isFinal, reservedBits, isMasked));

    /// <summary>The bytes of one frame, with the mask 1, 2, 3, 4.</summary>
    public static byte[] ToFrame(int opcode, ReadOnlySpan<byte> payload, bool isFinal = true, int reservedBits = 0, bool isMasked = true)
    {
        var frame = new MemoryStream();
        frame.WriteByte((byte)((isFinal ? 0x80 : 0) | (reservedBits << 4) | opcode));
        Span<byte> length = stackalloc byte[9];
        var lengthBytes = payload.Length switch
        {
            <= 125 => 1,
            <= ushort.MaxValue => 3,
            _ => 9,
        };
        length[0] = (byte)(lengthBytes == 1 ? payload.Length : lengthBytes == 3 ? 126 : 127);
        if (lengthBytes == 3)
        {
            BinaryPrimitives.WriteUInt16BigEndian(length[1..], (ushort)payload.Length);
        }
        else if (lengthBytes == 9)
        {
            BinaryPrimitives.WriteUInt64BigEndian(length[1..], (ulong)payload.Length);
        }

        length[0] |= (byte)(isMasked ? 0x80 : 0);
        frame.Write(length[..lengthBytes]);
        if (isMasked)
        {
            frame.Write([1, 2, 3, 4]);
        }

        for (var index = 0; index < payload.Length; index++)
        {
            frame.WriteByte(isMasked ? (byte)(payload[index] ^ (index % 4 + 1)) : payload[index]);
        }

        return frame.ToArray();
    }

    /// <summary>A close frame's payload.</summary>
    public static byte[] CloseWith(int code, string reason = "") => [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)];

    /// <summary>The next frame of the relay, or null when it has ended the connection.</summary>
    public async Task<(int Opcode, bool IsFinal, byte[] Payload)?> ReadFrameAsync()
    {
        var head = new byte[2];
        if (!await TryReadAsync(head))
        {
            return null;
        }

        ReservedBits = (head[0] >> 4) & 7;
        var rest = new byte[(head[1] & 0x7f) switch
        {
            126 => 2,
            127 => 8,
            _ => 0,
        }];
        await TryReadAsync(rest);
        var length = rest.Length switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(rest),
            8 => (long)BinaryPrimitives.ReadUInt64BigEndian(rest),
            _ => head[1],
        };
        var payload = new byte[length];
        return await TryReadAsync(payload) ? (head[0] & 0x0f, (head[0] & 0x80) != 0, payload) : null;
    }

    /// <summary>Reads frames up to the close and then to the end of the connection.</summary>
    /// <returns>The code; 1005 for a close without one, 1006 when the connection ended without a close.</returns>
    public async Task<(int Code, string Reason)> ReadCloseAsync()
    {
        while (await ReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == 8)
            {
                return frame.Payload.Length < 2 ? (1005, "") : (BinaryPrimitives.ReadUInt16BigEndian(frame.Payload), Encoding.UTF8.GetString(frame.Payload.AsSpan(2)));
            }
        }

        return (1006, "");
    }

    /// <summary>Says at the level of TCP that nothing more comes; what the relay sends can still be read.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection with a reset.</summary>
    public void Reset() => _client.Client.Close(timeout: 0);

    /// <summary>Reads whatever comes, frames or not, until the relay has ended the connection.</summary>
    public async Task ReadToEndAsync()
    {
        var rest = new byte[16 * 1024];
        while (await TryReadAsync(rest))
        {
            // Only that it ends is of interest.
        }
    }

    /// <summary>Whether the relay ends the connection without sending anything more.</summary>
    public async Task<bool> IsEndedAsync() => !await TryReadAsync(new byte[1]);

    /// <summary>Reads an HTTP answer: with its body when that has a length, or is chunked.</summary>
    public async Task<(int Status, string Head, string Body)> ReadResponseAsync()
    {
        var head = await ReadToAsync("\r\n\r\n");
        var status = head.Length > 12 ? int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;
        var body = new MemoryStream();
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            while (int.Parse((await ReadToAsync("\r\n")).AsSpan().TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var length)
            {
                await ReadToAsync(body, length);
                await ReadToAsync("\r\n");
            }

            await ReadToAsync("\r\n");
        }
        else
        {
            await ReadToAsync(body, HeaderNumber(head, "Content-Length"));
        }

        return (status, head, Encoding.UTF8.GetString(body.ToArray()));
    }

    /// <summary>Reads an HTTP answer's head only, when its body has no end.</summary>
    public async Task<int> ReadStatusAsync() => int.Parse((await ReadToAsync("\r\n\r\n")).AsSpan(9, 3), CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static int HeaderNumber(string head, string name)
    {
        var line = head.Split("\r\n").FirstOrDefault(one => one.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }

    private async Task<string> ReadToAsync(string end)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!(text.Length >= end.Length && text.ToString(text.Length - end.Length, end.Length) == end) && await TryReadAsync(one))
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    private async Task ReadToAsync(MemoryStream target, int length)
    {
        var bytes = new byte[length];
        await TryReadAsync(bytes);
        target.Write(bytes);
    }

    private async Task<bool> TryReadAsync(Memory<byte> target)
    {
        try
        {
            return await _stream.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false).WithinTest("raw bytes of the relay") == target.Length;
        }
        catch (IOException)
        {
            // The relay cut the connection off.
            return false;
        }
    }
}
