using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes;

/// <summary>Every rendered object against the schema of the Kubernetes API (npm/check-schema.mjs), and each kind of fault that the schema must find.</summary>
public sealed class SchemaTests
{
    [NeedsInstalledFact("node")]
    public async Task EveryObjectFitsTheApi()
    {
        var sets = Overlays.Names.ToDictionary(name => name, Overlays.Get);

        var errors = await CheckAsync(sets);

        Assert.Empty(errors.SelectMany(set => set.Value.Select(error => $"{set.Key}: {error}")));
    }

    [NeedsInstalledFact("node")]
    public async Task TheSchemaFindsEachKindOfFault()
    {
        var sets = new Dictionary<string, ManifestSet>
        {
            ["/spec/template/spec/containers/0/readinesProbe"] = With("Deployment", "silo", silo => silo.Set("/spec/template/spec/containers/0/readinesProbe", new JsonObject())),
            ["/spec/replicas"] = With("Deployment", "silo", silo => silo.Set("/spec/replicas", "three")),
            ["selector"] = With("Deployment", "gateway", gateway => gateway.Remove("/spec/selector")),
            ["no kind HorizontalPodAutoscaler in autoscaling/v3"] = With("HorizontalPodAutoscaler", "gateway", scaler => scaler.Set("/apiVersion", "autoscaling/v3")),
            ["/spec/ports/0/port"] = With("Service", "gateway", service => service.Set("/spec/ports/0/port", 80.5)),
            ["/spec/rules/0/timeout"] = With("HTTPRoute", "relay", route => route.Set("/spec/rules/0/timeout", new JsonObject())),
            ["/spec/groups/0/rules/0/expression"] = With("PrometheusRule", "relay", rule => rule.Set("/spec/groups/0/rules/0/expression", "up")),
        };

        var errors = await CheckAsync(sets);

        Assert.All(errors, set => Assert.Contains(set.Value, error => error.Contains(set.Key, StringComparison.Ordinal)));
    }

    private static ManifestSet With(string kind, string name, Action<JsonNode> fault)
    {
        var one = Overlays.Get("production").Get(kind, name);
        fault(one);
        return new ManifestSet([one]);
    }

    private static async Task<Dictionary<string, string[]>> CheckAsync(Dictionary<string, ManifestSet> sets)
    {
        var input = JsonSerializer.Serialize(sets.ToDictionary(set => set.Key, set => set.Value.Objects));

        var result = await Tool.RunAsync(["node", "check-schema.mjs"], TimeSpan.FromSeconds(60), Repository.PathOf("tests", "Deploy.Tests", "npm"), input);

        result.MustHaveSucceeded("check-schema.mjs (tests/Deploy.Tests/install.sh installs what it needs)");
        return JsonSerializer.Deserialize<Dictionary<string, string[]>>(result.Output)!;
    }
}
