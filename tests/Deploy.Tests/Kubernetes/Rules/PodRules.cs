using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>What every pod may do and what it asks for.</summary>
internal static class PodRules
{
    private const string FirstContainer = "/spec/template/spec/containers/0";

    public static readonly IReadOnlyList<Rule> All =
    [
        new("Pods run as non-root", set => ForPods(set, pod => IsTrue(pod, "/securityContext/runAsNonRoot")),
            Rule.Without("Deployment", "silo", "/spec/template/spec/securityContext/runAsNonRoot")),

        new("Pods have the runtime's seccomp profile", set => ForPods(set, pod => pod.Text("/securityContext/seccompProfile/type") == "RuntimeDefault"),
            Rule.Set("Job", "schema", "/spec/template/spec/securityContext/seccompProfile/type", "Unconfined")),

        new("Pods get no service account token", set => ForPods(set, pod => pod.Text("/automountServiceAccountToken") == "false"),
            Rule.Without("Deployment", "gateway", "/spec/template/spec/automountServiceAccountToken")),

        new("Pods get no variables of Services, which would stand among the settings", set => ForPods(set, pod => pod.Text("/enableServiceLinks") == "false"),
            Rule.Without("Deployment", "gateway", "/spec/template/spec/enableServiceLinks")),

        new("Pods use nothing of their node", set => ForPods(set, pod => ((string[])["hostNetwork", "hostPID", "hostIPC"]).All(share => pod.At("/" + share) is null) && pod.Items("/volumes").All(volume => volume.At("/hostPath") is null)),
            Rule.Set("Deployment", "gateway", "/spec/template/spec/hostNetwork", true),
            Rule.Set("Deployment", "silo", "/spec/template/spec/volumes/0", new JsonObject { ["name"] = "tmp", ["hostPath"] = new JsonObject { ["path"] = "/tmp" } })),

        new("Root file systems are read-only", set => ForContainers(set, container => IsTrue(container, "/securityContext/readOnlyRootFilesystem")),
            Rule.Set("Deployment", "gateway", FirstContainer + "/securityContext/readOnlyRootFilesystem", false)),

        new("Containers drop all capabilities", set => ForContainers(set, container => container.Items("/securityContext/capabilities/drop").Any(one => one.ToString() == "ALL") && container.At("/securityContext/capabilities/add") is null),
            Rule.Without("Deployment", "silo", FirstContainer + "/securityContext/capabilities"),
            Rule.Set("Deployment", "silo", FirstContainer + "/securityContext/capabilities/add", new JsonArray("NET_ADMIN"))),

        new("Containers can't gain privileges", set => ForContainers(set, container => container.Text("/securityContext/allowPrivilegeEscalation") == "false"),
            Rule.Without("Job", "schema", FirstContainer + "/securityContext/allowPrivilegeEscalation")),

        new("Containers ask for CPU and memory, are limited in memory and never in CPU", set => ForContainers(set, IsSized),
            Rule.Without("Deployment", "gateway", FirstContainer + "/resources/requests/cpu"),
            Rule.Without("Deployment", "gateway", FirstContainer + "/resources/limits"),
            Rule.Set("Deployment", "silo", FirstContainer + "/resources/limits/cpu", "2")),

        new("Images have a version", set => ForContainers(set, HasVersion),
            Rule.Set("Deployment", "gateway", FirstContainer + "/image", "registry.example.com/orleansrelay/gateway"),
            Rule.Set("Deployment", "gateway", FirstContainer + "/image", "registry.example.com/orleansrelay/gateway:latest")),

        new("What is written goes to volumes with a size", set => ForPods(set, pod => pod.Items("/volumes").All(volume => volume.At("/emptyDir") is null || volume.At("/emptyDir/sizeLimit") is not null)),
            Rule.Without("Deployment", "gateway", "/spec/template/spec/volumes/0/emptyDir/sizeLimit")),
    ];

    private static IEnumerable<string> ForPods(ManifestSet set, Func<JsonNode, bool> holds) =>
        set.Pods().Where(pod => !holds(pod.Spec)).Select(pod => pod.Name);

    private static IEnumerable<string> ForContainers(ManifestSet set, Func<JsonNode, bool> holds) =>
        from pod in set.Pods() from container in pod.Containers where !holds(container) select $"{pod.Name}, container {container.Text("/name")}";

    private static bool IsTrue(JsonNode node, string pointer) => node.Text(pointer) == "true";

    private static bool IsSized(JsonNode container) =>
        container.At("/resources/requests/cpu") is not null
        && container.At("/resources/requests/memory") is not null
        && container.At("/resources/limits/memory") is not null
        && container.At("/resources/limits/cpu") is null;

    private static bool HasVersion(JsonNode container)
    {
        var name = container.Text("/image")!.Split('/')[^1];
        return name.Contains('@', StringComparison.Ordinal) || (name.Split(':') is [_, { Length: > 0 } tag] && tag != "latest");
    }
}
