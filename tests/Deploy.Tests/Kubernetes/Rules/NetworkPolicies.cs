using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>One end of a connection: a pod with its namespace, or an address outside the cluster.</summary>
internal sealed record Peer(string Namespace, Dictionary<string, string> Labels, Dictionary<string, string>? NamespaceLabels = null, IPAddress? Address = null)
{
    /// <summary>The relay's own namespace.</summary>
    public const string Home = "orleans-relay";

    public static Peer Relay(string component) =>
        new(Home, new() { ["app.kubernetes.io/name"] = "orleans-relay", ["app.kubernetes.io/component"] = component });

    public static Peer Outside(string address) => new("", [], Address: IPAddress.Parse(address));

    public override string ToString() => Address?.ToString() ?? $"{Namespace}/{string.Join(',', Labels.Values)}";
}

/// <summary>Judges connections as a cluster with network policies does.</summary>
internal static class NetworkPolicies
{
    /// <summary>Whether one end's policies let the other through: those that choose it add up, and where none chooses it, all is allowed.</summary>
    public static bool Allow(ManifestSet set, Peer chosen, Peer other, string direction, string protocol, int port)
    {
        if (chosen.Address is not null || chosen.Namespace != Peer.Home)
        {
            return true;
        }

        var policies = set.OfKind("NetworkPolicy")
            .Where(policy => policy.Items("/spec/policyTypes").Any(type => string.Equals(type.ToString(), direction, StringComparison.OrdinalIgnoreCase)))
            .Where(policy => Chooses(policy.At("/spec/podSelector")!, chosen.Labels))
            .ToArray();
        return policies.Length == 0 || policies.SelectMany(policy => policy.Items("/spec/" + direction)).Any(rule =>
            Includes(rule.At(direction == "ingress" ? "/from" : "/to"), end => IsPeer(end, other))
            && Includes(rule.At("/ports"), one => one.Text("/protocol") == protocol && one.Text("/port") == port.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>A list that isn't there includes everything.</summary>
    private static bool Includes(JsonNode? list, Func<JsonNode, bool> isIt) => list is null || list.Items("").Any(isIt);

    private static bool IsPeer(JsonNode end, Peer peer)
    {
        if (end.At("/ipBlock") is { } block)
        {
            return peer.Address is not null && IsIn(block.Text("/cidr")!, peer.Address) && !block.Items("/except").Any(range => IsIn(range.ToString(), peer.Address));
        }

        var inNamespace = end.At("/namespaceSelector") is { } wanted
            ? Chooses(wanted, new(peer.NamespaceLabels ?? []) { ["kubernetes.io/metadata.name"] = peer.Namespace })
            : peer.Namespace == Peer.Home;
        return peer.Address is null && inNamespace && (end.At("/podSelector") is not { } pods || Chooses(pods, peer.Labels));
    }

    private static bool IsIn(string range, IPAddress address) =>
        IPNetwork.Parse(range) is var network && network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);

    /// <summary>An empty selector chooses everything.</summary>
    private static bool Chooses(JsonNode selector, Dictionary<string, string> labels) =>
        selector.Texts("/matchLabels").All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value)
        && selector.Items("/matchExpressions").All(expression => expression.Text("/operator") == "In"
            ? expression.Items("/values").Any(value => value.ToString() == labels.GetValueOrDefault(expression.Text("/key")!))
            : throw new NotSupportedException($"The operator {expression.Text("/operator")} is not judged here."));
}
