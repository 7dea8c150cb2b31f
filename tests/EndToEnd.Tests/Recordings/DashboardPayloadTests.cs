using System.IO.Compression;
using System.Text;
using OrleansRelay.Recordings.Payload;

namespace OrleansRelay.EndToEnd.Tests.Recordings;

public sealed class DashboardPayloadTests
{
    [Theory]
    [InlineData("abc XYZ 019 @*_+-./", "abc%20XYZ%20019%20@*_+-./")]
    [InlineData("å€🐎", "%E5%u20AC%uD83D%uDC0E")]
    [InlineData("{\"a\":1,~}", "%7B%22a%22%3A1%2C%7E%7D")]
    public void EscapesAsJavaScriptDoesAndBack(string plain, string escaped)
    {
        Assert.Equal(escaped, JsEscape.Escape(plain));
        Assert.Equal(plain, JsEscape.Unescape(escaped));
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("%u12")]
    [InlineData("%zz")]
    public void LeavesWhatIsNoEscapeAlone(string text) => Assert.Equal(text, JsEscape.Unescape(text));

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"name\":\"Þórir 龍馬\"}")]
    public void WritesTheZlibHeaderThatTheFirstRelaysPageInsistsOn(string json)
    {
        var text = DashboardPayload.Encode(json);

        Assert.Equal([0x78, 0xda], Convert.FromBase64String(text).Take(2));
        Assert.Equal(json, DashboardPayload.Decode(text));
    }

    [Fact]
    public void ReadsGzipToo()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.Latin1.GetBytes(JsEscape.Escape("{\"text\":\"déjà vu\"}")));
        }

        Assert.Equal("{\"text\":\"déjà vu\"}", DashboardPayload.Decode(Convert.ToBase64String(packed.ToArray())));
    }
}
