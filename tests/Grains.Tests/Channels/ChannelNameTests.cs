using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class ChannelNameTests
{
    [Theory]
    [InlineData("chess", "")]
    [InlineData("C", "")]
    [InlineData("9", "")]
    [InlineData("a.b_c~d-e", "")]
    [InlineData("chat/chess", "chat")]
    [InlineData("a/A", "a")]
    [InlineData("x-1/y", "x-1")]
    [InlineData("namespace-of-thirty-two-letters-/n", "namespace-of-thirty-two-letters-")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234", "")]
    public void AGoodNameIsTakenAsItIs(string text, string space)
    {
        Assert.True(ChannelName.TryParse(text, out var name, out _));

        Assert.Equal(text, name.Value);
        Assert.Equal(text, name.ToString());
        Assert.Equal(space, name.Namespace);
    }

    [Theory]
    [InlineData(null, "A channel needs a name.")]
    [InlineData("", "A channel needs a name.")]
    [InlineData(".hidden", "name must be")]
    [InlineData("-x", "name must be")]
    [InlineData("a b", "name must be")]
    [InlineData("a%2Fb", "name must be")]
    [InlineData("käse", "name must be")]
    [InlineData("a\n", "name must be")]
    [InlineData("chat/", "name must be")]
    [InlineData("chat/a/b", "name must be")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345", "name must be 1 to 64")]
    [InlineData("/a", "namespace before the slash")]
    [InlineData("Chat/a", "namespace before the slash")]
    [InlineData("1chat/a", "namespace before the slash")]
    [InlineData("ch_at/a", "namespace before the slash")]
    [InlineData("namespace-of-thirty-three-letters/n", "1 to 32")]
    public void ABadNameIsRefusedWithWhatWouldBeRight(string? text, string error)
    {
        Assert.False(ChannelName.TryParse(text, out _, out var said));

        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Fact]
    public void AGrainKeyThatIsNoNameIsABug() => Assert.Throws<FormatException>(() => ChannelName.Parse("a b"));
}
