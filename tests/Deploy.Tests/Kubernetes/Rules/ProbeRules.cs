using System.Globalization;
using System.Text.Json.Nodes;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>What is asked of running pods.</summary>
internal static class ProbeRules
{
    private const string FirstContainer = "/spec/template/spec/containers/0";
    private static readonly (string Probe, string Path)[] Probes = [("startupProbe", "/health/startup"), ("readinessProbe", "/health/ready"), ("livenessProbe", "/health/live")];

    public static readonly IReadOnlyList<Rule> All =
    [
        new("The relay's three probes ask three different questions", AskTheirOwn,
            Rule.Set("Deployment", "silo", FirstContainer + "/livenessProbe/httpGet/path", "/health/ready"),
            Rule.Without("Deployment", "gateway", FirstContainer + "/startupProbe")),

        new("Whatever runs for long is probed in all three ways", set =>
            from pod in set.Pods()
            where pod.IsLongRunning
            from container in pod.Containers
            from probe in Probes
            where container.At("/" + probe.Probe) is null
            select $"{pod.Name} has no {probe.Probe}",
            Rule.Without("Deployment", "silo", FirstContainer + "/readinessProbe")),

        new("Probes ask a port that the container names", set =>
            from pod in set.Pods()
            from container in pod.Containers
            from probe in Probes
            let port = container.Text($"/{probe.Probe}/httpGet/port")
            where port is not null && container.Items("/ports").All(one => one.Text("/name") != port)
            select $"{pod.Name}: {probe.Probe} asks port {port}",
            Rule.Set("Deployment", "silo", FirstContainer + "/livenessProbe/httpGet/port", "htpp")),

        new("A start may take at least two minutes, for the database or the schema job may come later", set =>
            Slower(set, "startupProbe", atLeast: TimeSpan.FromMinutes(2)),
            Rule.Set("Deployment", "silo", FirstContainer + "/startupProbe/failureThreshold", 10)),

        new("A restart takes at least 20 seconds of silence, so that a pause of a busy node is none", set =>
            Slower(set, "livenessProbe", atLeast: TimeSpan.FromSeconds(20)),
            Rule.Set("Deployment", "gateway", FirstContainer + "/livenessProbe/periodSeconds", 2)),
    ];

    /// <summary>How long a probe must fail until it counts.</summary>
    public static TimeSpan Patience(JsonNode container, string probe) => TimeSpan.FromSeconds(
        int.Parse(container.Text($"/{probe}/periodSeconds") ?? "10", CultureInfo.InvariantCulture)
        * int.Parse(container.Text($"/{probe}/failureThreshold") ?? "3", CultureInfo.InvariantCulture));

    private static IEnumerable<string> AskTheirOwn(ManifestSet set) =>
        from pod in set.Pods()
        where pod.IsRelay && pod.IsLongRunning
        from container in pod.Containers
        from probe in Probes
        where container.Text($"/{probe.Probe}/httpGet/path") != probe.Path
        select $"{pod.Name}: {probe.Probe} doesn't ask {probe.Path}";

    private static IEnumerable<string> Slower(ManifestSet set, string probe, TimeSpan atLeast) =>
        from pod in set.Pods()
        where pod.IsRelay && pod.IsLongRunning
        from container in pod.Containers
        where container.At("/" + probe) is not null && Patience(container, probe) < atLeast
        select $"{pod.Name}: {probe} gives up after {Patience(container, probe)}";
}
