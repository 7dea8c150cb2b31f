namespace OrleansRelay.Cluster.Tests.Processes;

/// <summary>A fact that needs the PostgreSQL server which install.sh installs; left out only where RELAY_TESTS_WITHOUT says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsPostgresFactAttribute : FactAttribute
{
    public NeedsPostgresFactAttribute()
    {
        if (IsLeftOut)
        {
            Skip = "RELAY_TESTS_WITHOUT leaves postgresql out.";
        }
    }

    /// <summary>Whether this machine is to do without it.</summary>
    public static bool IsLeftOut => (Environment.GetEnvironmentVariable("RELAY_TESTS_WITHOUT") ?? "").Split(',').Contains("postgresql");
}
