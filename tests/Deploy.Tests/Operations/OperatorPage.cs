namespace OrleansRelay.Deploy.Tests.Operations;

/// <summary>k8s/README.md.</summary>
internal static class OperatorPage
{
    public static readonly string Text = Repository.Read("k8s", "README.md");

    /// <summary>The rows of the table below a heading, each as its cells.</summary>
    public static IReadOnlyList<string[]> Table(string heading) =>
    [
        .. Section(heading).Split('\n')
            .Where(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    /// <summary>What stands below a heading, to the next one.</summary>
    public static string Section(string heading)
    {
        var parts = ("\n" + Text).Split("\n## ");
        return Assert.Single(parts, part => part.StartsWith(heading + "\n", StringComparison.Ordinal));
    }
}
