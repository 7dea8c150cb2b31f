using System.Text;
using OrleansRelay.Recordings;

namespace OrleansRelay.EndToEnd.Tests.Recordings;

public sealed class RecordingFileTests
{
    [Fact]
    public async Task ReadsWhatItWrote()
    {
        RecordedMessage[] messages = [RecordedMessage.OfText(0, "line\nbreak \u2028 \"☃\""), RecordedMessage.OfBinary(12, [0, 255]), RecordedMessage.OfText(12, "")];
        using MemoryStream file = new();

        await RecordingFile.WriteAsync(file, messages, CancellationToken.None);
        file.Position = 0;
        var read = await RecordingFile.ReadAsync(file, CancellationToken.None).ToListAsync();

        Assert.Equal(3, Encoding.UTF8.GetString(file.ToArray()).Count(letter => letter == '\n'));
        Assert.Equal(messages.Select(Describe), read.Select(Describe));
    }

    [Theory]
    [InlineData("""{"at":1}""")]
    [InlineData("""{"text":"no time"}""")]
    [InlineData("""{"at":1,"text":"both","binary":"AA=="}""")]
    [InlineData("""{"at":1,"binary":"not base64!"}""")]
    [InlineData("nonsense")]
    public async Task NamesTheLineThatIsWrong(string line)
    {
        using MemoryStream file = new(Encoding.UTF8.GetBytes($$"""{"at":0,"text":"fine"}{{"\n"}}{{line}}"""));

        var error = await Assert.ThrowsAsync<FormatException>(() => RecordingFile.ReadAsync(file, CancellationToken.None).ToListAsync().AsTask());

        Assert.StartsWith("Line 2 is not a message of a recording: ", error.Message, StringComparison.Ordinal);
    }

    private static (long, bool, string) Describe(RecordedMessage message)
        => (message.AtMilliseconds, message.IsText, Convert.ToHexString(message.Payload.Span));
}
