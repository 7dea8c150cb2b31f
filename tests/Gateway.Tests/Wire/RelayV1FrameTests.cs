using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Wire;

public sealed class RelayV1FrameTests
{
    [Theory]
    [InlineData("", "nothing")]
    [InlineData("02010000000000000", "half a byte less than the header")]
    [InlineData("020100000000000001", "one byte less than the header")]
    [InlineData("01010000000000000001", "the type of a viewer's message")]
    [InlineData("00010000000000000001", "type 0")]
    [InlineData("02000000000000000001", "kind 0")]
    [InlineData("02030000000000000001", "kind 3")]
    [InlineData("02010000000000000000", "sequence 0")]
    [InlineData("0201ffffffffffffffff", "a negative sequence")]
    [InlineData("02010020000000000000", "a sequence that JSON readers can't keep")]
    [InlineData("02017fffffffffffffff", "a sequence that has no successor")]
    public void AMalformedHeaderIsRefused(string hex, string what)
    {
        var bytes = Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex[..^1]);

        Assert.False(RelayV1Frame.TryReadPublisherHeader(bytes, out _, out _), what);
    }

    [Fact]
    public void AnEmptyPayloadIsAMessage()
    {
        Assert.True(RelayV1Frame.TryReadPublisherHeader(RelayV1.WritePublisherMessage(isText: true, 1, []), out _, out var sequence));
        Assert.Equal(1, sequence);
    }
}
