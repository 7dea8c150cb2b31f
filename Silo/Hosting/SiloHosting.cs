using OrleansRelay.Settings;
using OrleansRelay.Silo.Cluster;

namespace OrleansRelay.Silo.Hosting;

/// <summary>Hosts the grains: in a silo of its own, or in one silo of a cluster, as <c>Cluster:Mode</c> says.</summary>
internal static class SiloHosting
{
    /// <summary>Adds the silo to the process.</summary>
    public static WebApplicationBuilder UseSilo(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ClusterOptions>(ClusterOptions.Section);
        var cluster = builder.Configuration.GetSection(ClusterOptions.Section);
        return string.Equals(cluster[nameof(ClusterOptions.Mode)], nameof(ClusterMode.Postgres), StringComparison.OrdinalIgnoreCase)
            ? builder.UsePostgresCluster(cluster)
            : builder.UseOneProcess();
    }
}
