using System.Buffers;
using System.Text;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Wire;

public sealed class SseEventTests
{
    [Theory]
    [InlineData("", "id: 7:3\ndata: \n\n")]
    [InlineData("a", "id: 7:3\ndata: a\n\n")]
    [InlineData(" a", "id: 7:3\ndata:  a\n\n")]
    [InlineData("a\n", "id: 7:3\ndata: a\ndata: \n\n")]
    [InlineData("\na", "id: 7:3\ndata: \ndata: a\n\n")]
    [InlineData("data: x\n\nid: 9", "id: 7:3\ndata: data: x\ndata: \ndata: id: 9\n\n")]
    [InlineData("a\r\nb", "id: 7:3\nevent: text-base64\ndata: YQ0KYg==\n\n")]
    [InlineData("\r", "id: 7:3\nevent: text-base64\ndata: DQ==\n\n")]
    public async Task ATextIsWrittenSoThatItsBytesCanBeHadBack(string text, string expected)
    {
        var bytes = Write(MessageKind.Text, Encoding.UTF8.GetBytes(text));

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
        var read = await new SseReader(new MemoryStream(bytes)).NextAsync();
        Assert.Equal((true, text, 7, 3), (read.IsText, read.Text, read.Epoch, read.Offset));
    }

    [Fact]
    public async Task AnyBytesComeBack()
    {
        byte[] payload = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        var read = await new SseReader(new MemoryStream(Write(MessageKind.Binary, payload))).NextAsync();

        Assert.False(read.IsText);
        Assert.Equal(payload, read.Payload);
    }

    [Fact]
    public void ANoticeHasItsTypeAndNoId() => Assert.Equal(
        "event: seam\ndata: {\"type\":\"seam\",\"epoch\":7,\"offset\":3}\n\n",
        Encoding.UTF8.GetString(ViewerFormat.Sse.Notice(Notices.Seam(new Position(7, 3)))));

    private static byte[] Write(MessageKind kind, byte[] payload)
    {
        var target = new ArrayBufferWriter<byte>();
        SseEvent.Write(target, new Message { Kind = kind, Payload = payload }, new Position(7, 3));
        return target.WrittenSpan.ToArray();
    }
}
