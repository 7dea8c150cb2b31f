namespace OrleansRelay.Acceptance.Tests;

public sealed class WrongSettingsTests
{
    [Fact]
    public async Task TheProcessSaysAllThatIsWrongAndEndsWith2()
    {
        await using var relay = new RelayHostProcess(
            SiloAssembly.Path, "Gateway:MaxConnections=0", "Viewers:PingEvery=soon", "Ingest:Bananas=1", "DialBack:Port=70000", "Channels:Default:Publishers=Many", "MAX_MESSAGE_SIZE=10XB");

        var exitCode = await relay.RunAsync();

        Assert.Equal(2, exitCode);
        Assert.Contains("The relay can't start: 6 wrong settings.", relay.Output);
        foreach (var wrong in (string[])
            [
                "  Gateway:MaxConnections (environment variable Gateway__MaxConnections) is '0'.",
                "  Viewers:PingEvery (environment variable Viewers__PingEvery) is 'soon', which is not a time span",
                "  Ingest:Bananas (environment variable Ingest__Bananas) is not a setting.",
                "  DialBack:Port (environment variable DialBack__Port) is '70000'.",
                "  Channels:Default:Publishers (environment variable Channels__Default__Publishers) is 'Many', which is not one of TakeOver, Refuse, Shared.",
                "  Environment variable MAX_MESSAGE_SIZE is '10XB', which is not a number of bytes such as 1048576, 512KiB or 10MB.",
            ])
        {
            Assert.Contains(relay.Output, line => line.StartsWith(wrong, StringComparison.Ordinal));
        }
    }
}
