using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Tests.Wire;

namespace OrleansRelay.Gateway.Tests.Deflate;

/// <summary>What is agreed on, as PROTOCOL.md, section 11, has it; the table is run as handshakes.</summary>
public sealed class DeflateOfferTests(DeflateFixture fixture) : IClassFixture<DeflateFixture>
{
    public static TheoryData<string, string> Offers
    {
        get
        {
            var offers = new TheoryData<string, string>();
            foreach (var row in ProtocolPage.Table(11))
            {
                offers.Add(row[0].Trim('`'), row[1].Trim('`'));
            }

            return offers;
        }
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task TheTableIsWhatIsAnswered(string offer, string answer)
    {
        foreach (var path in (string[])["viewer/", "streamer/", "ws/"])
        {
            Assert.Equal(answer, await AnswerAsync(fixture.Relay, path + RelayHost.NewChannel(), offer));
        }
    }

    [Fact]
    public async Task WithoutAnOfferNothingIsAnswered() => Assert.Equal("", await AnswerAsync(fixture.Relay, "viewer/" + RelayHost.NewChannel(), offer: null));

    [Fact]
    public async Task ItIsOffByDefault()
    {
        await using var relay = await RelayHost.StartAsync();

        foreach (var path in (string[])["viewer/", "streamer/", "ws/"])
        {
            Assert.Equal("", await AnswerAsync(relay, path + RelayHost.NewChannel(), "permessage-deflate"));
        }
    }

    [Theory]
    [InlineData(9, "permessage-deflate; server_max_window_bits=9", true)]
    [InlineData(9, "permessage-deflate; server_max_window_bits=8", false)]
    [InlineData(15, "permessage-deflate; server_max_window_bits=15", true)]
    [InlineData(15, "permessage-deflate; server_max_window_bits=14", false)]
    public void TheSettingIsTheSmallestWindowThatIsTaken(int windowBits, string offer, bool isTaken) =>
        Assert.Equal(isTaken, DeflateOffer.TryChoose([offer], windowBits, out _));

    [Fact]
    public void OffersMayStandInSeveralHeaders()
    {
        Assert.True(DeflateOffer.TryChoose(["x", null, "permessage-deflate; server_max_window_bits=9", "permessage-deflate; client_max_window_bits=9"], 12, out var chosen));

        Assert.Equal("permessage-deflate; client_no_context_takeover; client_max_window_bits=9", chosen);
    }

    private static async Task<string> AnswerAsync(RelayHost relay, string path, string? offer)
    {
        var headers = new Dictionary<string, string>(RawSocket.Handshake);
        if (offer is not null)
        {
            headers["Sec-WebSocket-Extensions"] = offer;
        }

        await using var socket = await RawSocket.ConnectAsync(relay.Address);
        await socket.SendRequestAsync(path, headers);
        var (status, head, _) = await socket.ReadResponseAsync();
        Assert.Equal(101, status);
        const string Name = "Sec-WebSocket-Extensions: ";
        return head.Split("\r\n").SingleOrDefault(line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase))?[Name.Length..] ?? "";
    }
}
