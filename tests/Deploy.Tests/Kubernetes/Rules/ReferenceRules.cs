using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>That objects find each other, and that secrets are only ever named.</summary>
internal static partial class ReferenceRules
{
    /// <summary>The secrets that README says how to make, with their keys.</summary>
    private static readonly string[] Secrets = ["relay-database/connection-string", "relay-database/password", "relay-operator/operator-key"];

    public static readonly IReadOnlyList<Rule> All =
    [
        new("API versions are stable", set =>
            set.Objects.Where(one => Unstable().IsMatch(one.Text("/apiVersion")!)).Select(one => $"{ManifestSet.NameOf(one)} is of {one.Text("/apiVersion")}"),
            Rule.Set("HorizontalPodAutoscaler", "gateway", "/apiVersion", "autoscaling/v2beta2")),

        new("Secrets are never in the manifests", set => set.OfKind("Secret").Select(ManifestSet.NameOf).Concat(SecretTexts(set)),
            set => set.Objects.Add(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = "relay-database" } }),
            Rule.Set("Deployment", "silo", "/spec/template/spec/containers/0/env/0", new JsonObject { ["name"] = "Cluster__ConnectionString", ["value"] = "Host=db" }),
            set => set.OfKind("ConfigMap").First().Set("/data/Gateway__OperatorKey", "letmein")),

        new("Secrets that are named are those that the operator's page says how to make", set =>
            from pod in set.Pods()
            from container in pod.Containers
            from variable in container.Items("/env")
            let key = variable.At("/valueFrom/secretKeyRef") is { } secret ? $"{secret.Text("/name")}/{secret.Text("/key")}" : null
            where key is not null && !Secrets.Contains(key)
            select $"{pod.Name} wants {key}",
            Rule.Set("Job", "schema", "/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/key", "connectionString")),

        new("Every part of the relay gets the connection string", set =>
            from pod in set.Pods()
            where pod.IsRelay
            from container in pod.Containers
            where container.Items("/env").All(variable => variable.Text("/name") != "Cluster__ConnectionString")
            select pod.Name,
            Rule.Without("Deployment", "gateway", "/spec/template/spec/containers/0/env/0")),

        new("ConfigMaps that are named exist", set =>
            from pod in set.Pods()
            from container in pod.Containers
            from source in container.Items("/envFrom")
            let name = source.Text("/configMapRef/name")
            where set.OfKind("ConfigMap").All(map => map.Text("/metadata/name") != name)
            select $"{pod.Name} wants {name}",
            set => set.Objects.Remove(set.OfKind("ConfigMap").First())),

        new("Selectors choose the pods of their own template", set =>
            from one in set.Objects
            where one.At("/spec/selector/matchLabels") is not null && one.At("/spec/template") is not null
            where !Selectors.Match(one.Texts("/spec/selector/matchLabels"), one.Texts("/spec/template/metadata/labels"))
            select ManifestSet.NameOf(one),
            Rule.Set("Deployment", "silo", "/spec/template/metadata/labels/app.kubernetes.io~1component", "silos")),

        new("Services find pods and a port that these name", set => set.OfKind("Service").Where(service => !FindsPods(set, service)).Select(ManifestSet.NameOf),
            Rule.Set("Service", "gateway", "/spec/selector/app.kubernetes.io~1component", "gatway"),
            Rule.Set("Service", "gateway", "/spec/ports/0/targetPort", "web")),

        new("Volumes that are mounted exist", set =>
            from pod in set.Pods()
            let volumes = pod.Spec.Items("/volumes").Select(volume => volume.Text("/name")).Concat(pod.Owner.Items("/spec/volumeClaimTemplates").Select(claim => claim.Text("/metadata/name"))).ToArray()
            from container in pod.Containers
            from mount in container.Items("/volumeMounts")
            where !volumes.Contains(mount.Text("/name"))
            select $"{pod.Name} mounts {mount.Text("/name")}",
            Rule.Without("Deployment", "silo", "/spec/template/spec/volumes/0")),

        new("Everything is in the namespace, and it refuses unsafe pods", set =>
            set.Objects.Where(one => one.Text("/kind") != "Namespace" && one.Text("/metadata/namespace") != "orleans-relay").Select(ManifestSet.NameOf)
                .Concat(set.OfKind("Namespace").Where(one => one.Texts("/metadata/labels").GetValueOrDefault("pod-security.kubernetes.io/enforce") != "restricted").Select(ManifestSet.NameOf)),
            Rule.Without("Service", "gateway", "/metadata/namespace"),
            Rule.Without("Namespace", "orleans-relay", "/metadata/labels/pod-security.kubernetes.io~1enforce")),
    ];

    private static IEnumerable<string> SecretTexts(ManifestSet set)
    {
        var variables =
            from pod in set.Pods()
            from container in pod.Containers
            from variable in container.Items("/env")
            where variable.At("/value") is not null && SecretName().IsMatch(variable.Text("/name")!)
            select $"{pod.Name}: {variable.Text("/name")} has its value in the manifest";
        var maps =
            from map in set.OfKind("ConfigMap")
            from entry in map.Texts("/data")
            where SecretName().IsMatch(entry.Key) || entry.Value.Contains("Password=", StringComparison.OrdinalIgnoreCase)
            select $"{ManifestSet.NameOf(map)}: {entry.Key}";
        return variables.Concat(maps);
    }

    private static bool FindsPods(ManifestSet set, JsonNode service) => set.Pods().Any(pod =>
        Selectors.Match(service.Texts("/spec/selector"), pod.Labels)
        && service.Items("/spec/ports").All(port => pod.Containers.SelectMany(container => container.Items("/ports")).Any(one => one.Text("/name") == port.Text("/targetPort"))));

    [GeneratedRegex("(alpha|beta)")]
    private static partial Regex Unstable();

    [GeneratedRegex("(ConnectionString|Password|Secret|Token|Key)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
