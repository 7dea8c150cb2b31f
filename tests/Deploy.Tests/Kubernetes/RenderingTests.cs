using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes;

/// <summary>The folders render, and our renderer renders them as kustomize does.</summary>
public sealed class RenderingTests
{
    public static TheoryData<string> Overlay => [.. Overlays.Names];

    [NeedsKubectlTheory]
    [MemberData(nameof(Overlay))]
    public async Task OurRendererGivesWhatKustomizeGives(string overlay)
    {
        using var scratch = new ScratchFolder();
        Overlays.CopyWithIngress(scratch.Path);
        var folder = overlay == "production with ingress" ? Path.Combine(scratch.Path, "overlays", "production") : Overlays.Folder(overlay);

        var kustomize = await Tool.RunAsync(["kubectl", "kustomize", folder], TimeSpan.FromSeconds(30));

        kustomize.MustHaveSucceeded($"kubectl kustomize {folder}");
        Assert.Equal(ByName(Yaml.ReadAll(kustomize.Output)), ByName(Overlays.Get(overlay).Objects));
    }

    [Fact]
    public void NoFileIsLeftOutOfEveryOverlay()
    {
        var read = new HashSet<string>();
        Kustomization.Render(Overlays.Folder("local"), read);
        Kustomization.Render(Overlays.Folder("production"), read);
        Kustomization.Render(Repository.PathOf("k8s", "components", "ingress"), read);

        var there = Directory.EnumerateFiles(Repository.PathOf("k8s"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".env");

        Assert.Equal(there.Order(), read.Order());
    }

    [Fact]
    public void AnUnknownPartOfAKustomizationIsAnErrorAndNotIgnored()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(Path.Combine(scratch.Path, "kustomization.yaml"), "namePrefix: my-\nresources: []\n");

        var error = Assert.Throws<NotSupportedException>(() => Kustomization.Render(scratch.Path));

        Assert.Contains("namePrefix", error.Message, StringComparison.Ordinal);
    }

    private static string[] ByName(IEnumerable<JsonNode> objects) =>
        [.. objects.Select(one => ManifestSet.NameOf(one) + " " + Sorted(one)!.ToJsonString()).Order(StringComparer.Ordinal)];

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
