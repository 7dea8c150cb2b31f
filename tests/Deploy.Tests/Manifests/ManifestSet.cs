using System.Text.Json.Nodes;

namespace OrleansRelay.Deploy.Tests.Manifests;

/// <summary>What one overlay gives the cluster: rendered objects, to look things up in and, for tests of the rules, to spoil.</summary>
internal sealed class ManifestSet(IEnumerable<JsonNode> objects)
{
    public List<JsonNode> Objects { get; } = [.. objects];

    public ManifestSet Clone() => new(Objects.Select(one => one.DeepClone()));

    public JsonNode Get(string kind, string name) => OfKind(kind).Single(one => one.Text("/metadata/name") == name);

    public IEnumerable<JsonNode> OfKind(string kind) => Objects.Where(one => one.Text("/kind") == kind);

    /// <summary>Every pod template, with the object that it is of.</summary>
    public IEnumerable<PodTemplate> Pods() => Objects
        .Where(one => one.At("/spec/template/spec/containers") is not null)
        .Select(one => new PodTemplate(one));

    /// <summary>The values of the generated ConfigMap of that name, whatever hash it has.</summary>
    public Dictionary<string, string> Settings(string name) => OfKind("ConfigMap")
        .Single(one => one.Text("/metadata/name")!.StartsWith(name + "-", StringComparison.Ordinal))
        .Texts("/data");

    /// <summary><c>kind/name</c> of an object, for findings.</summary>
    public static string NameOf(JsonNode one) => $"{one.Text("/kind")}/{one.Text("/metadata/name")}";
}

/// <summary>A pod template and the object that makes pods of it.</summary>
internal sealed record PodTemplate(JsonNode Owner)
{
    public string Name => ManifestSet.NameOf(Owner);

    public JsonNode Spec => Owner.At("/spec/template/spec")!;

    public Dictionary<string, string> Labels => Owner.Texts("/spec/template/metadata/labels");

    /// <summary>Whether its pods are to run until somebody stops them.</summary>
    public bool IsLongRunning => Owner.Text("/kind") != "Job";

    /// <summary>Whether it is of the relay, and not of something beside it.</summary>
    public bool IsRelay => Labels.GetValueOrDefault("app.kubernetes.io/name") == "orleans-relay";

    public IEnumerable<JsonNode> Containers => Spec.Items("/containers").Concat(Spec.Items("/initContainers"));
}
