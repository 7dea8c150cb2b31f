using System.Security.Cryptography;
using System.Text;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>A WebSocket client's opening handshake (RFC 6455, section 4).</summary>
internal static class Handshake
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    // One key for the process: the server must only show that it has read it, and 10,000 random keys would measure our generator.
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
#pragma warning disable CA5350 // The protocol says SHA-1; it protects nothing.
    private static readonly string Accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Key + Guid)));
#pragma warning restore CA5350

    /// <summary>The request.</summary>
    public static byte[] Request(Uri url, string? subprotocol) => Encoding.ASCII.GetBytes(
        $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n"
        + (subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {subprotocol}\r\n") + "\r\n");

    /// <summary>Reads the answer.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="headerBytes">Length of the answer; frames follow it.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <returns>False while it is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int headerBytes, out string? error)
    {
        error = null;
        headerBytes = bytes.IndexOf("\r\n\r\n"u8) + 4;
        if (headerBytes < 4)
        {
            return false;
        }

        var lines = Encoding.ASCII.GetString(bytes[..headerBytes]).Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            error = $"answered '{lines[0]}'";
        }
        else if (!lines.Any(line => line.StartsWith("Sec-WebSocket-Accept:", StringComparison.OrdinalIgnoreCase) && line.EndsWith(Accept, StringComparison.Ordinal)))
        {
            error = "answered with a wrong Sec-WebSocket-Accept";
        }

        return true;
    }
}
