using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Compose;

/// <summary>docker-compose.yml, read by compose itself and held against our rules.</summary>
public sealed partial class ComposeTests
{
    private static readonly string[] Silos = ["silo-1", "silo-2", "silo-3"];
    private static readonly string[] Gateways = ["gateway-1", "gateway-2"];
    private static readonly JsonNode File = Yaml.Read(Repository.Read("docker-compose.yml"));

    public static TheoryData<string> OfTheRelay => ["schema", .. Silos, .. Gateways];

    [NeedsInstalledFact("docker-compose")]
    public async Task ComposeTakesTheFile()
    {
        var result = await ComposeConfigAsync(password: "secret");

        result.MustHaveSucceeded("docker-compose config");
    }

    [NeedsInstalledFact("docker-compose")]
    public async Task ComposeRefusesToStartWithoutAPassword()
    {
        var result = await ComposeConfigAsync(password: null);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("POSTGRES_PASSWORD", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ThereAreADatabaseThreeSilosTwoGatewaysAndCaddy() =>
        Assert.Equal(["caddy", .. Gateways, "postgres", "schema", .. Silos], ((JsonObject)File["services"]!).Select(service => service.Key).Order());

    [Theory]
    [MemberData(nameof(OfTheRelay))]
    public void OurContainersAreLockedDown(string service)
    {
        Assert.Equal("true", File.Text($"/services/{service}/read_only"));
        Assert.Equal(["ALL"], File.Items($"/services/{service}/cap_drop").Select(one => one.ToString()));
        Assert.Contains("no-new-privileges:true", File.Items($"/services/{service}/security_opt").Select(one => one.ToString()));
        Assert.Null(File.At($"/services/{service}/ports"));
    }

    [Theory]
    [MemberData(nameof(OfTheRelay))]
    public void TheSchemaGoesBeforeTheRelayAndTheDatabaseBeforeTheSchema(string service) =>
        Assert.Equal(
            service == "schema" ? "service_healthy" : "service_completed_successfully",
            File.Text($"/services/{service}/depends_on/{(service == "schema" ? "postgres" : "schema")}/condition"));

    [Fact]
    public void OnlyCaddyIsOpenToTheOutside() =>
        Assert.Equal(["caddy"], ((JsonObject)File["services"]!).Where(service => service.Value.At("/ports") is not null).Select(service => service.Key));

    [Fact]
    public void EverySecretComesFromTheEnvironment()
    {
        var written =
            from service in (JsonObject)File["services"]!
            from variable in service.Value.Texts("/environment")
            where variable.Key.EndsWith("PASSWORD", StringComparison.Ordinal) || variable.Key.EndsWith("Key", StringComparison.Ordinal) || variable.Key.EndsWith("ConnectionString", StringComparison.Ordinal)
            where variable.Value.Length > 0 && !variable.Value.Contains("${", StringComparison.Ordinal)
            select $"{service.Key}: {variable.Key}";

        Assert.Empty(written);
    }

    [Fact]
    public void AGatewayIsGivenMoreTimeThanItsDrainTakes()
    {
        var settings = File.Texts("/services/gateway-1/environment");
        var drain = TimeSpan.Parse(settings["Gateway__DrainDelay"], CultureInfo.InvariantCulture) + TimeSpan.Parse(settings["Gateway__DrainWithin"], CultureInfo.InvariantCulture);

        var grace = int.Parse(File.Text("/services/gateway-1/stop_grace_period")!.TrimEnd('s'), CultureInfo.InvariantCulture);

        Assert.True(grace >= drain.TotalSeconds + 10, $"{grace} s for a drain of {drain}");
    }

    [Fact]
    public void GatewaysBelieveCaddyAndItsAddressIsInItsNetwork()
    {
        var caddy = File.Text("/services/caddy/networks/edge/ipv4_address")!;

        Assert.Equal(caddy, File.Text("/services/gateway-1/environment/Gateway__KnownProxies__0"));
        Assert.True(IPNetwork.Parse(File.Text("/networks/edge/ipam/config/0/subnet")!).Contains(IPAddress.Parse(caddy)));
    }

    [Fact]
    public void ThirdPartyImagesHaveAVersion() =>
        Assert.All(
            ((JsonObject)File["services"]!).Select(service => service.Value.Text("/image")!),
            image => Assert.True(image.Split(':') is [_, not "latest"], image));

    [Fact]
    public void EveryVariableThatIsReadIsInTheExample()
    {
        var interpolated = Interpolated().Matches(Repository.Read("docker-compose.yml")).Select(match => match.Groups[1].Value);
        var passedOn = ((JsonObject)File["services"]!).SelectMany(service => service.Value.Texts("/environment")).Where(variable => variable.Value.Length == 0).Select(variable => variable.Key);
        var named = Named().Matches(Repository.Read("k8s", "compose", "env.example")).Select(match => match.Groups[1].Value);

        Assert.Equal(named.Order(), interpolated.Concat(passedOn).Distinct().Order());
    }

    private static async Task<ToolResult> ComposeConfigAsync(string? password)
    {
        using var scratch = new ScratchFolder();
        var empty = Path.Combine(scratch.Path, ".env");
        await System.IO.File.WriteAllTextAsync(empty, "");
        return await Tool.RunAsync(
            ["docker-compose", "--env-file", empty, "--file", Repository.PathOf("docker-compose.yml"), "config", "--quiet"],
            TimeSpan.FromSeconds(30),
            environment: new Dictionary<string, string?> { ["POSTGRES_PASSWORD"] = password });
    }

    [GeneratedRegex(@"\$\{([A-Z_]+)")]
    private static partial Regex Interpolated();

    [GeneratedRegex("^#?([A-Za-z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Named();
}
