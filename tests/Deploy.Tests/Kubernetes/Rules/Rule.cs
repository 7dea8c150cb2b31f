using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>Something that must hold for what we deploy, and a fault that shows that it can fail.</summary>
/// <param name="Name">What must hold, as a sentence.</param>
/// <param name="Check">Finds where it doesn't.</param>
/// <param name="Faults">Changes to the production overlay's objects, each of which the rule must find.</param>
internal sealed record Rule(string Name, Func<ManifestSet, IEnumerable<string>> Check, params Action<ManifestSet>[] Faults)
{
    /// <summary>Every rule.</summary>
    public static readonly IReadOnlyList<Rule> All = [.. PodRules.All, .. ProbeRules.All, .. RolloutRules.All, .. ScalingRules.All, .. NetworkRules.All, .. ReferenceRules.All];

    public override string ToString() => Name;

    /// <summary>A fault: a value put into one object.</summary>
    public static Action<ManifestSet> Set(string kind, string name, string pointer, JsonNode? value) =>
        set => set.Get(kind, name).Set(pointer, value?.DeepClone());

    /// <summary>A fault: something taken out of one object.</summary>
    public static Action<ManifestSet> Without(string kind, string name, string pointer) =>
        set => set.Get(kind, name).Remove(pointer);

    /// <summary>A fault: a whole object left out.</summary>
    public static Action<ManifestSet> Without(string kind, string name) =>
        set => set.Objects.Remove(set.Get(kind, name));
}
