using System.Text;
using OrleansRelay.EndToEnd.Tests.Machine;

namespace OrleansRelay.EndToEnd.Tests.Clients;

/// <summary>The page's client module, which others may copy, against the tables of PROTOCOL.md.</summary>
public sealed class RelayClientModuleTests
{
    public static TheoryData<string, string, string, string, string> ViewerVectors => Vectors("viewer");

    public static TheoryData<string, string, string, string, string> PublisherVectors => Vectors("publisher");

    public static TheoryData<int, string> CloseCodes
    {
        get
        {
            TheoryData<int, string> rows = [];
            foreach (var (code, comeBack) in ProtocolTables.CloseCodes())
            {
                rows.Add(code, comeBack switch { "no" => "stop", "after a pause" => "after-pause", "at once" => "at-once", _ => $"unknown: {comeBack}" });
            }

            return rows;
        }
    }

    [NodeTheory, MemberData(nameof(ViewerVectors))]
    public async Task DecodesAMessage(string kind, string number, string at, string payload, string bytes)
    {
        await using var probe = StartProbe();

        await probe.WriteAsync(new { decode = bytes });

        Assert.Equal(new Decoded(kind, number, at, payload), await probe.ReadAsync<Decoded>("the decoded message"));
    }

    [NodeTheory, MemberData(nameof(PublisherVectors))]
    public async Task EncodesAMessageToPublish(string kind, string number, string at, string payload, string bytes)
    {
        await using var probe = StartProbe();

        Assert.Empty(at);
        var text = kind == "text" ? Encoding.UTF8.GetString(Convert.FromHexString(payload)) : null;
        await probe.WriteAsync(new { encode = new { sequence = number, text, hex = text is null ? payload : null } });

        Assert.Equal(new Encoded(bytes), await probe.ReadAsync<Encoded>("the encoded message"));
    }

    [NodeTheory, MemberData(nameof(CloseCodes))]
    public async Task ComesBackAsTheCloseCodeAsks(int code, string expected)
    {
        await using var probe = StartProbe();

        await probe.WriteAsync(new { afterClose = code });

        Assert.Equal(new After(expected), await probe.ReadAsync<After>("what follows the close"));
    }

    [NodeFact]
    public async Task RefusesWhatIsNoMessage()
    {
        await using var probe = StartProbe();

        await probe.WriteAsync(new { decode = "0103000000000000000100000000000000006869" });

        Assert.Contains("20 bytes beginning with 1 3", (await probe.ReadAsync<Failed>("the refusal")).Error, StringComparison.Ordinal);
    }

    private static NodeProcess StartProbe()
        => NodeProcess.Start("relay-client-probe.mjs", Repository.Path("Gateway", "wwwroot", "relay-client.js"));

    private static TheoryData<string, string, string, string, string> Vectors(string what)
    {
        TheoryData<string, string, string, string, string> rows = [];
        foreach (var row in ProtocolTables.Vectors().Where(row => row.What == what))
        {
            var payload = row.Kind == "text" ? Convert.ToHexStringLower(Encoding.UTF8.GetBytes(row.Payload)) : row.Payload;
            rows.Add(row.Kind, row.Number, row.At, payload, row.Bytes);
        }

        return rows;
    }

    private sealed record Decoded(string Kind, string Number, string At, string Payload);

    private sealed record Encoded(string Bytes);

    private sealed record After([property: System.Text.Json.Serialization.JsonPropertyName("after")] string Next);

    private sealed record Failed(string Error);
}
