using System.Net;

namespace Orleans.Hosting;

/// <summary>Settings of a silo.</summary>
public static class SiloBuilderExtensions
{
    /// <summary>Sets options in code.</summary>
    public static ISiloBuilder Configure<TOptions>(this ISiloBuilder builder, Action<TOptions> configureOptions)
        where TOptions : class
    {
        builder.Services.Configure(configureOptions);
        return builder;
    }
}

/// <summary>Where Orleans would be told about its cluster.</summary>
public static class CoreHostingExtensions
{
    /// <summary>Does nothing: this engine is one process and opens no port.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = 11111,
        int gatewayPort = 30000,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev") => builder;
}
