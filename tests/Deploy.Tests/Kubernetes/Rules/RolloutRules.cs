using System.Globalization;
using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>How pods come, go and are spread.</summary>
internal static class RolloutRules
{
    /// <summary>What a gateway may need after the drain to close what is left and to leave the cluster.</summary>
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(20);

    public static readonly IReadOnlyList<Rule> All =
    [
        new("Rolls add a pod before they take one", set =>
            set.OfKind("Deployment").Where(one => one.Text("/spec/strategy/rollingUpdate/maxSurge") != "1" || one.Text("/spec/strategy/rollingUpdate/maxUnavailable") != "0").Select(ManifestSet.NameOf),
            Rule.Set("Deployment", "gateway", "/spec/strategy/rollingUpdate/maxUnavailable", 1),
            Rule.Without("Deployment", "silo", "/spec/strategy")),

        new("A new pod must last before the next is taken", set =>
            set.OfKind("Deployment").Where(one => Number(one, "/spec/minReadySeconds") < 10).Select(ManifestSet.NameOf),
            Rule.Without("Deployment", "silo", "/spec/minReadySeconds")),

        new("A gateway's grace period outlasts its drain", set => GatewayDrain(set, (drain, gateway) =>
            Number(gateway, "/spec/template/spec/terminationGracePeriodSeconds") < (drain.Delay + drain.Within + AfterDrain).TotalSeconds),
            Rule.Set("Deployment", "gateway", "/spec/template/spec/terminationGracePeriodSeconds", 130),
            Rule.Without("Deployment", "gateway", "/spec/template/spec/terminationGracePeriodSeconds"),
            set => SettingsMap(set).Set("/data/Gateway__DrainWithin", "00:05:00")),

        new("A silo's grace period leaves a minute to hand channels over", set =>
            Number(set.Get("Deployment", "silo"), "/spec/template/spec/terminationGracePeriodSeconds") < 60 ? ["Deployment/silo"] : [],
            Rule.Without("Deployment", "silo", "/spec/template/spec/terminationGracePeriodSeconds")),

        new("Every Deployment has a disruption budget of one pod that broken pods can't block", set => set.OfKind("Deployment").Where(one => !HasBudget(set, one)).Select(ManifestSet.NameOf),
            Rule.Without("PodDisruptionBudget", "silo"),
            Rule.Set("PodDisruptionBudget", "gateway", "/spec/selector/matchLabels/app.kubernetes.io~1component", "gatway"),
            Rule.Set("PodDisruptionBudget", "gateway", "/spec/maxUnavailable", 2),
            Rule.Without("PodDisruptionBudget", "gateway", "/spec/unhealthyPodEvictionPolicy")),

        new("Pods are spread over nodes and zones, by their own labels", set => set.OfKind("Deployment").Where(one => !IsSpread(one)).Select(ManifestSet.NameOf),
            Rule.Without("Deployment", "silo", "/spec/template/spec/topologySpreadConstraints/1"),
            Rule.Set("Deployment", "gateway", "/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels/app.kubernetes.io~1component", "silo")),

        new("There are three silos, or the loss of one leaves no second copy", set =>
            Number(set.Get("Deployment", "silo"), "/spec/replicas") < 3 ? ["Deployment/silo"] : [],
            Rule.Set("Deployment", "silo", "/spec/replicas", 2)),

        new("The schema job ends, and goes away before the next deployment", set =>
            set.OfKind("Job").Where(one => one.At("/spec/ttlSecondsAfterFinished") is null || one.At("/spec/activeDeadlineSeconds") is null).Select(ManifestSet.NameOf),
            Rule.Without("Job", "schema", "/spec/ttlSecondsAfterFinished")),
    ];

    private static double Number(JsonNode node, string pointer) => double.Parse(node.Text(pointer) ?? "0", CultureInfo.InvariantCulture);

    private static JsonNode SettingsMap(ManifestSet set) =>
        set.OfKind("ConfigMap").Single(one => one.Text("/metadata/name")!.StartsWith("gateway-settings-", StringComparison.Ordinal));

    private static IEnumerable<string> GatewayDrain(ManifestSet set, Func<(TimeSpan Delay, TimeSpan Within), JsonNode, bool> isWrong)
    {
        var settings = set.Settings("gateway-settings");
        var drain = (Parse(settings["Gateway__DrainDelay"]), Parse(settings["Gateway__DrainWithin"]));
        return isWrong(drain, set.Get("Deployment", "gateway")) ? [$"Deployment/gateway drains {drain.Item1} + {drain.Item2}"] : [];
    }

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static bool HasBudget(ManifestSet set, JsonNode deployment) => set.OfKind("PodDisruptionBudget").Any(budget =>
        Matches(budget.Texts("/spec/selector/matchLabels"), deployment)
        && budget.Text("/spec/maxUnavailable") == "1"
        && budget.Text("/spec/unhealthyPodEvictionPolicy") == "AlwaysAllow");

    private static bool IsSpread(JsonNode deployment)
    {
        var constraints = deployment.Items("/spec/template/spec/topologySpreadConstraints").ToArray();
        return ((string[])["kubernetes.io/hostname", "topology.kubernetes.io/zone"]).All(key => constraints.Any(one => one.Text("/topologyKey") == key))
            && constraints.All(one => Matches(one.Texts("/labelSelector/matchLabels"), deployment));
    }

    private static bool Matches(Dictionary<string, string> selector, JsonNode deployment) =>
        Selectors.Match(selector, deployment.Texts("/spec/template/metadata/labels"));
}
