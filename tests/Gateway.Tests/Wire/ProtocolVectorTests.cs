using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>Every row of PROTOCOL.md's section 10, both ways: the relay's code on one side, code that knows only the page on the other.</summary>
public sealed class ProtocolVectorTests
{
    private const long EpochOfSseRows = 7;

    public static TheoryData<string, string, string, string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string, string, string, string>();
        foreach (var row in ProtocolPage.Table(10))
        {
            rows.Add(row[0], row[1], row[2], row[3], row[4], row[5]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void WhatItSaysIsWrittenAsThoseBytes(string what, string kind, string number, string at, string payload, string bytes)
    {
        var vector = Vector.Of(kind, number, at, payload, bytes);

        var written = what switch
        {
            "viewer" => WriteFrame(ViewerFormat.RelayV1, vector)[2..],
            "plain" => WriteFrame(ViewerFormat.Plain, vector),
            "sse" => WriteFrame(ViewerFormat.Sse, vector),
            "publisher" => RelayV1.WritePublisherMessage(vector.Kind == MessageKind.Text, vector.Number, vector.Payload),
            _ => throw new InvalidOperationException($"'{what}' is no kind of row that this test knows."),
        };

        Assert.Equal(Convert.ToHexString(vector.Bytes), Convert.ToHexString(written));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ThoseBytesAreReadAsWhatItSays(string what, string kind, string number, string at, string payload, string bytes)
    {
        var vector = Vector.Of(kind, number, at, payload, bytes);

        var read = what switch
        {
            "viewer" => RelayV1.ReadViewerMessage(vector.Bytes),
            "plain" => await ReadPlainAsync(vector.Bytes),
            "sse" => await new SseReader(new MemoryStream(vector.Bytes)).NextAsync(),
            _ => ReadPublisher(vector.Bytes),
        };

        Assert.Equal(
            (vector.Kind == MessageKind.Text, vector.Number, vector.At, Convert.ToHexString(vector.Payload)),
            (read.IsText, read.Offset, read.PublishedAt, Convert.ToHexString(read.Payload)));
        Assert.Equal(what == "sse" ? EpochOfSseRows : 0, read.Epoch);
    }

    private static byte[] WriteFrame(ViewerFormat format, Vector vector)
    {
        var target = new ArrayBufferWriter<byte>();
        format.Write(target, new Message { Kind = vector.Kind, Payload = vector.Payload, PublishedAt = vector.At }, new Position(EpochOfSseRows, vector.Number));
        return target.WrittenSpan.ToArray();
    }

    private static async Task<ViewerEvent> ReadPlainAsync(byte[] bytes)
    {
        using var socket = WebSocket.CreateFromStream(new MemoryStream(bytes), new WebSocketCreationOptions { IsServer = false });
        var buffer = new byte[100];
        var result = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.True(result.EndOfMessage);
        return new ViewerEvent { IsMessage = true, IsText = result.MessageType == WebSocketMessageType.Text, Payload = buffer[..result.Count] };
    }

    private static ViewerEvent ReadPublisher(byte[] bytes)
    {
        Assert.True(RelayV1Frame.TryReadPublisherHeader(bytes, out var kind, out var sequence));
        return new ViewerEvent { IsMessage = true, IsText = kind == MessageKind.Text, Offset = sequence, Payload = bytes[RelayV1Frame.PublisherHeaderBytes..] };
    }

    private sealed record Vector(MessageKind Kind, long Number, long At, byte[] Payload, byte[] Bytes)
    {
        public static Vector Of(string kind, string number, string at, string payload, string bytes)
        {
            var isText = kind == "text";
            var text = payload.Replace("`", "", StringComparison.Ordinal).Replace(" LF ", "\n", StringComparison.Ordinal);
            return new Vector(
                isText ? MessageKind.Text : MessageKind.Binary,
                number.Length == 0 ? 0 : long.Parse(number, CultureInfo.InvariantCulture),
                at.Length == 0 ? 0 : long.Parse(at, CultureInfo.InvariantCulture),
                isText ? Encoding.UTF8.GetBytes(text) : Convert.FromHexString(text),
                Convert.FromHexString(bytes.Trim('`').Replace(" ", "", StringComparison.Ordinal)));
        }
    }
}
