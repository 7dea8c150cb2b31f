using System.Globalization;
using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>When gateways are added and taken.</summary>
internal static class ScalingRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new("Gateways scale on connections, egress and CPU", set =>
            from scaler in set.OfKind("HorizontalPodAutoscaler")
            let metrics = scaler.Items("/spec/metrics").Select(metric => metric.Text("/pods/metric/name") ?? metric.Text("/resource/name"))
            from wanted in (string[])["relay_connections", "relay_egress_bytes_per_second", "cpu"]
            where !metrics.Contains(wanted)
            select $"{ManifestSet.NameOf(scaler)} doesn't look at {wanted}",
            Rule.Without("HorizontalPodAutoscaler", "gateway", "/spec/metrics/0"),
            Rule.Without("HorizontalPodAutoscaler", "gateway", "/spec/metrics/2")),

        new("Gateways are taken away only when half an hour agrees, and slower than one drain", set =>
            set.OfKind("HorizontalPodAutoscaler").Where(scaler => !IsSlowDown(scaler)).Select(ManifestSet.NameOf),
            Rule.Set("HorizontalPodAutoscaler", "gateway", "/spec/behavior/scaleDown/stabilizationWindowSeconds", 300),
            Rule.Set("HorizontalPodAutoscaler", "gateway", "/spec/behavior/scaleDown/policies/0/value", 5)),

        new("Gateways never scale below two", set =>
            set.OfKind("HorizontalPodAutoscaler").Where(scaler => Number(scaler, "/spec/minReplicas") < 2).Select(ManifestSet.NameOf),
            Rule.Without("HorizontalPodAutoscaler", "gateway", "/spec/minReplicas")),

        new("An autoscaler's target exists and has no number of its own", set =>
            from scaler in set.OfKind("HorizontalPodAutoscaler")
            let target = set.OfKind(scaler.Text("/spec/scaleTargetRef/kind")!).SingleOrDefault(one => one.Text("/metadata/name") == scaler.Text("/spec/scaleTargetRef/name"))
            where target is null || target.At("/spec/replicas") is not null
            select ManifestSet.NameOf(scaler),
            Rule.Set("HorizontalPodAutoscaler", "gateway", "/spec/scaleTargetRef/name", "gateways"),
            Rule.Set("Deployment", "gateway", "/spec/replicas", 3)),

        new("The number of gateways is said: by an autoscaler or by hand", set =>
            set.OfKind("HorizontalPodAutoscaler").Any() || Number(set.Get("Deployment", "gateway"), "/spec/replicas") >= 2 ? [] : ["Deployment/gateway"],
            Rule.Without("HorizontalPodAutoscaler", "gateway")),
    ];

    private static bool IsSlowDown(JsonNode scaler) =>
        Number(scaler, "/spec/behavior/scaleDown/stabilizationWindowSeconds") >= 1800
        && scaler.Items("/spec/behavior/scaleDown/policies").All(policy => policy.Text("/type") == "Pods" && Number(policy, "/value") == 1 && Number(policy, "/periodSeconds") >= 180);

    private static double Number(JsonNode node, string pointer) => double.Parse(node.Text(pointer) ?? "0", CultureInfo.InvariantCulture);
}
