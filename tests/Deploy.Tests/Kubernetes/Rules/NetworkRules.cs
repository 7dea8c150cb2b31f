using System.Globalization;
using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>Who may talk with whom, and how the outside comes in.</summary>
internal static class NetworkRules
{
    private static readonly Peer Silo = Peer.Relay("silo"), OtherSilo = Peer.Relay("silo"), Gateway = Peer.Relay("gateway"), Schema = Peer.Relay("schema");
    private static readonly Peer Names = new("kube-system", new() { ["k8s-app"] = "kube-dns" }), Balancer = new("edge", [], new() { ["relay-ingress"] = "allowed" });
    private static readonly Peer Collector = new("observability", new() { ["app"] = "otel-collector" }), Stranger = new("default", new() { ["app"] = "stranger" });
    private static readonly Peer Dashboard = Peer.Outside("203.0.113.9"), Metadata = Peer.Outside("169.254.169.254"), Intranet = Peer.Outside("10.1.2.3");

    /// <summary>All that is needed, and what must not be had. The database is looked up in the set: an overlay says where it is.</summary>
    private static readonly (Peer From, Peer? To, string Protocol, int Port, bool IsAllowed)[] Flows =
    [
        (Silo, OtherSilo, "TCP", 11111, true), (Gateway, Silo, "TCP", 30000, true), (Balancer, Gateway, "TCP", 8080, true),
        (Silo, null, "TCP", 5432, true), (Gateway, null, "TCP", 5432, true), (Schema, null, "TCP", 5432, true),
        (Silo, Names, "UDP", 53, true), (Gateway, Names, "TCP", 53, true), (Schema, Names, "UDP", 53, true),
        (Gateway, Dashboard, "TCP", 8889, true),

        (Gateway, Silo, "TCP", 11111, false), (Gateway, Silo, "TCP", 8080, false), (Silo, OtherSilo, "TCP", 30000, false), (Silo, Gateway, "TCP", 8080, false),
        (Gateway, Gateway, "TCP", 8080, false), (Schema, Silo, "TCP", 11111, false),
        (Stranger, Silo, "TCP", 11111, false), (Stranger, Silo, "TCP", 30000, false), (Stranger, Gateway, "TCP", 8080, false), (Balancer, Silo, "TCP", 8080, false),
        (Silo, Dashboard, "TCP", 8889, false), (Silo, Dashboard, "TCP", 443, false), (Gateway, Dashboard, "TCP", 443, false), (Schema, Dashboard, "TCP", 443, false),
        (Gateway, Metadata, "TCP", 8889, false), (Gateway, Metadata, "TCP", 80, false), (Gateway, Intranet, "TCP", 8889, false),
        (Gateway, Stranger, "TCP", 80, false), (Silo, Stranger, "TCP", 5432, false), (Schema, Collector, "TCP", 4317, false),
    ];

    public static readonly IReadOnlyList<Rule> All =
    [
        new("Nothing may talk unless a policy says so", set => DeniesByDefault(set) ? [] : ["no default-deny"],
            Rule.Without("NetworkPolicy", "default-deny"),
            Rule.Set("NetworkPolicy", "default-deny", "/spec/policyTypes", new JsonArray("Ingress"))),

        new("Exactly the needed flows are allowed", WrongFlows,
            Rule.Without("NetworkPolicy", "to-names"),
            Rule.Set("NetworkPolicy", "silo", "/spec/ingress/1/ports/0/port", 11111),
            Rule.Set("NetworkPolicy", "silo", "/spec/ingress/0/from", new JsonArray(new JsonObject { ["podSelector"] = new JsonObject() })),
            Rule.Without("NetworkPolicy", "silo", "/spec/ingress/0/ports"),
            Rule.Set("NetworkPolicy", "gateway", "/spec/ingress/0/from/0/namespaceSelector", new JsonObject()),
            Rule.Without("NetworkPolicy", "gateway", "/spec/egress/1/to/0/ipBlock/except"),
            Rule.Set("NetworkPolicy", "to-database", "/spec/egress/0/to", new JsonArray(new JsonObject { ["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "none" } } }))),

        new("Where metrics are sent, the collector can be reached", set =>
            set.Settings("cluster-settings").ContainsKey("OTEL_EXPORTER_OTLP_ENDPOINT")
                ? ((Peer[])[Silo, Gateway]).Where(peer => !IsAllowed(set, peer, Collector, "TCP", 4317)).Select(peer => $"{peer} can't reach the collector")
                : [],
            Rule.Without("NetworkPolicy", "to-telemetry")),

        new("Nothing makes a viewer stick to a gateway", set =>
            set.OfKind("Service").Where(one => one.Text("/spec/sessionAffinity") != "None").Select(ManifestSet.NameOf)
                .Concat(set.OfKind("Ingress").Where(one => one.Texts("/metadata/annotations").Keys.Any(key => key.Contains("affinity", StringComparison.Ordinal))).Select(ManifestSet.NameOf))
                .Concat(set.OfKind("HTTPRoute").Where(one => one.Items("/spec/rules").Any(rule => rule.At("/sessionPersistence") is not null)).Select(ManifestSet.NameOf)),
            Rule.Set("Service", "gateway", "/spec/sessionAffinity", "ClientIP"),
            Rule.Set("HTTPRoute", "relay", "/spec/rules/0/sessionPersistence", new JsonObject()),
            set => set.Objects.Add(Yaml.Read("{kind: Ingress, metadata: {name: x, annotations: {nginx.ingress.kubernetes.io/affinity: cookie}}}"))),

        new("No proxy cuts a quiet socket", set =>
            set.OfKind("HTTPRoute").Where(route => route.Items("/spec/rules").Any(rule => rule.Text("/timeouts/request") != "0s" || rule.Text("/timeouts/backendRequest") != "0s")).Select(ManifestSet.NameOf)
                .Concat(set.OfKind("Ingress").Where(one => !IsPatient(one, "proxy-read-timeout") || !IsPatient(one, "proxy-send-timeout")).Select(ManifestSet.NameOf)),
            Rule.Without("HTTPRoute", "relay", "/spec/rules/0/timeouts"),
            set => set.Objects.Add(Yaml.Read("{kind: Ingress, metadata: {name: x, annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: \"60\"}}}"))),

        new("Routes lead to the gateway's Service, never to a silo", set =>
            set.OfKind("HTTPRoute").SelectMany(route => route.Items("/spec/rules")).SelectMany(rule => rule.Items("/backendRefs")).Select(backend => backend.Text("/name"))
                .Concat(set.OfKind("Ingress").SelectMany(one => one.Items("/spec/rules")).SelectMany(rule => rule.Items("/http/paths")).Select(path => path.Text("/backend/service/name")))
                .Where(name => name != "gateway").Select(name => $"a route leads to {name}")
                .Concat(set.OfKind("Service").Where(one => one.Text("/spec/type") != "ClusterIP").Select(ManifestSet.NameOf)),
            Rule.Set("HTTPRoute", "relay", "/spec/rules/0/backendRefs/0/name", "silo"),
            Rule.Set("Service", "gateway", "/spec/type", "NodePort")),
    ];

    private static bool IsPatient(JsonNode ingress, string setting) =>
        ingress.Texts("/metadata/annotations").GetValueOrDefault("nginx.ingress.kubernetes.io/" + setting) is { } seconds && int.Parse(seconds, CultureInfo.InvariantCulture) >= 600;

    private static bool DeniesByDefault(ManifestSet set) => set.OfKind("NetworkPolicy").Any(policy =>
        policy.At("/spec/podSelector") is JsonObject { Count: 0 }
        && policy.At("/spec/ingress") is null && policy.At("/spec/egress") is null
        && policy.Items("/spec/policyTypes").Select(type => type.ToString()).Order().SequenceEqual(["Egress", "Ingress"]));

    private static IEnumerable<string> WrongFlows(ManifestSet set)
    {
        var database = set.Pods().Any(pod => pod.Labels.GetValueOrDefault("app.kubernetes.io/component") == "database")
            ? new Peer(Peer.Home, new() { ["app.kubernetes.io/name"] = "postgresql", ["app.kubernetes.io/component"] = "database" })
            : Peer.Outside("192.0.2.10");
        return from flow in Flows
               let to = flow.To ?? database
               where flow.IsAllowed ? !IsAllowed(set, flow.From, to, flow.Protocol, flow.Port) : !IsRefusedAtEachEnd(set, flow.From, to, flow.Protocol, flow.Port)
               select $"{flow.From} to {to} {flow.Protocol} {flow.Port} is {(flow.IsAllowed ? "needed and not allowed" : "allowed at one end at least, and not needed")}";
    }

    /// <summary>Both ends, where both are ours, because a fault in one policy must not open what the other still holds shut.</summary>
    private static bool IsRefusedAtEachEnd(ManifestSet set, Peer from, Peer to, string protocol, int port) =>
        (from.Namespace != Peer.Home || !NetworkPolicies.Allow(set, from, to, "egress", protocol, port))
        && (to.Namespace != Peer.Home || !NetworkPolicies.Allow(set, to, from, "ingress", protocol, port));

    private static bool IsAllowed(ManifestSet set, Peer from, Peer to, string protocol, int port) =>
        NetworkPolicies.Allow(set, from, to, "egress", protocol, port) && NetworkPolicies.Allow(set, to, from, "ingress", protocol, port);
}
