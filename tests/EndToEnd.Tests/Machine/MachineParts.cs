namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>What a machine may lack. Missing, it fails the tests that need it, unless <c>RELAY_TESTS_WITHOUT</c> names it: then they are reported as not run.</summary>
internal static class MachineParts
{
    public const string Chromium = "chromium";
    public const string Node = "node";
    private const string Variable = "RELAY_TESTS_WITHOUT";

    public static bool IsLeftOut(string part)
        => (Environment.GetEnvironmentVariable(Variable) ?? "").Split(',', StringSplitOptions.TrimEntries).Contains(part, StringComparer.OrdinalIgnoreCase);

    public static string? SkipReason(string part) => IsLeftOut(part) ? $"Not run: {Variable} names {part}." : null;

    public static InvalidOperationException Missing(string part, string detail)
        => new($"These tests need {part} ({detail}). tests/EndToEnd.Tests/install.sh installs it; {Variable}={part} leaves them out.");
}

/// <summary>A test in a real browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = MachineParts.SkipReason(MachineParts.Chromium);
}

/// <summary>A test with Node.js clients.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = MachineParts.SkipReason(MachineParts.Node);
}

/// <summary>Such a test for each row of a table.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = MachineParts.SkipReason(MachineParts.Node);
}
