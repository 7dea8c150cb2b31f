using OrleansRelay.Settings;

namespace OrleansRelay.Grains.Tests.Settings;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1048576", 1048576)]
    [InlineData(" 7 ", 7)]
    [InlineData("7B", 7)]
    [InlineData("7b", 7)]
    [InlineData("512KiB", 512 << 10)]
    [InlineData("512kb", 512 << 10)]
    [InlineData("512k", 512 << 10)]
    [InlineData("10MB", 10 << 20)]
    [InlineData("10 MiB", 10 << 20)]
    [InlineData("10M", 10 << 20)]
    [InlineData("16GiB", 16L << 30)]
    [InlineData("2TB", 2L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("8388607TiB", 8388607L << 40)]
    public void ItIsReadWithAndWithoutUnits(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("MB")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5MB")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("10XB")]
    [InlineData("10iB")]
    [InlineData("10MBit")]
    [InlineData("10MB/s")]
    [InlineData("10 M B")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TiB")]
    public void AnythingElseIsNone(string? text) => Assert.False(ByteSize.TryParse(text, out _));
}
