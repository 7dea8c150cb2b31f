using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Compose;

/// <summary>The Caddyfile, read by Caddy itself.</summary>
public sealed class CaddyfileTests
{
    private static readonly string[] Path = ["--adapter", "caddyfile", "--config", Repository.PathOf("k8s", "compose", "Caddyfile")];

    [NeedsInstalledFact("caddy")]
    public async Task CaddyTakesTheFileForADomainForThisMachineAndWithoutTls()
    {
        foreach (var domain in (string[])["relay.example.com", "localhost", "http://localhost"])
        {
            using var scratch = new ScratchFolder();
            var result = await CaddyAsync("validate", domain, scratch);

            result.MustHaveSucceeded($"caddy validate for {domain}");
        }
    }

    [NeedsInstalledFact("caddy")]
    public async Task CaddySpreadsOverTheGatewaysOfComposeAndAsksForTheirReadiness()
    {
        using var scratch = new ScratchFolder();
        var services = (JsonObject)Yaml.Read(Repository.Read("docker-compose.yml"))["services"]!;

        var adapted = await CaddyAsync("adapt", "localhost", scratch);

        adapted.MustHaveSucceeded("caddy adapt");
        var proxy = Find(JsonNode.Parse(adapted.Output)!, "reverse_proxy")!;
        Assert.Equal(
            services.Select(service => service.Key).Where(name => name.StartsWith("gateway-", StringComparison.Ordinal)).Select(name => name + ":8080").Order(),
            proxy.Items("/upstreams").Select(upstream => upstream.Text("/dial")).Order());
        Assert.Equal("/health/ready", proxy.Text("/health_checks/active/uri"));
        Assert.Equal("least_conn", proxy.Text("/load_balancing/selection_policy/policy"));
        Assert.Equal("-1", proxy.Text("/flush_interval"));
    }

    /// <summary>Runs Caddy with a home of its own: it writes where it finds one.</summary>
    private static Task<ToolResult> CaddyAsync(string verb, string domain, ScratchFolder scratch) => Tool.RunAsync(
        ["caddy", verb, .. Path],
        TimeSpan.FromSeconds(30),
        environment: new Dictionary<string, string?> { ["RELAY_DOMAIN"] = domain, ["HOME"] = scratch.Path, ["XDG_CONFIG_HOME"] = scratch.Path, ["XDG_DATA_HOME"] = scratch.Path });

    private static JsonNode? Find(JsonNode node, string handler) => node switch
    {
        JsonObject one when one.Text("/handler") == handler => one,
        JsonObject one => one.Select(member => member.Value is null ? null : Find(member.Value, handler)).FirstOrDefault(found => found is not null),
        JsonArray items => items.Select(item => item is null ? null : Find(item, handler)).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
