using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class PositionTests
{
    [Theory]
    [InlineData("7:3", 7, 3)]
    [InlineData("0:0", 0, 0)]
    [InlineData("9223372036854775807:9223372036854775807", long.MaxValue, long.MaxValue)]
    public void WhatIsWrittenIsReadBack(string text, long epoch, long offset)
    {
        Assert.True(Position.TryParse(text, out var position));

        Assert.Equal(new Position(epoch, offset), position);
        Assert.Equal(text, position.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7")]
    [InlineData(":")]
    [InlineData("7:")]
    [InlineData(":3")]
    [InlineData("7:3:1")]
    [InlineData("-7:3")]
    [InlineData("7:-3")]
    [InlineData("+7:3")]
    [InlineData(" 7:3")]
    [InlineData("7: 3")]
    [InlineData("7,000:3")]
    [InlineData("7.0:3")]
    [InlineData("9223372036854775808:1")]
    [InlineData("seven:three")]
    public void AnythingElseIsNoPosition(string? text) => Assert.False(Position.TryParse(text, out _));
}
