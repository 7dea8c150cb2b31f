namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>The relay answers a close with the client's code: RFC 6455, section 5.5.1.</summary>
public sealed class CloseFrameTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private const int Close = 8;

    /// <summary>A close frame without a code.</summary>
    private const int None = 1005;

    public static TheoryData<string, string?, int> Closes()
    {
        var data = new TheoryData<string, string?, int>();
        foreach (var path in (string[])["viewer/", "streamer/", "ws/"])
        {
            foreach (var code in (int[])[1000, 1001, 1003, 1011, 3001, 4001, None])
            {
                data.Add(path, null, code);
            }

            // Compression is off here, so an offer of it changes nothing.
            data.Add(path, "permessage-deflate", 1001);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Closes))]
    public async Task ACloseIsAnsweredInKind(string path, string? extensions, int code)
    {
        await using var socket = await RawSocket.UpgradeAsync(fixture.Relay.Address, path + RelayHost.NewChannel(), extensions: extensions);

        await socket.SendFrameAsync(Close, code == None ? [] : RawSocket.CloseWith(code, "because"));

        Assert.Equal((code == None ? 1000 : code, ""), await socket.ReadCloseAsync());
        Assert.True(await socket.IsEndedAsync());
    }
}
