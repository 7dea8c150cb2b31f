namespace OrleansRelay.Deploy.Tests.Kubernetes.Rules;

/// <summary>Label selectors.</summary>
internal static class Selectors
{
    /// <summary>Whether a selector chooses something with these labels. An empty one chooses nothing here: no rule of ours means everything.</summary>
    public static bool Match(Dictionary<string, string> selector, Dictionary<string, string> labels) =>
        selector.Count > 0 && selector.All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value);
}
