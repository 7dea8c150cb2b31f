using Microsoft.Extensions.Configuration;

namespace Orleans.Hosting;

/// <summary>What a host says about its silo before it starts.</summary>
public interface ISiloBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>The host's configuration.</summary>
    IConfiguration Configuration { get; }
}
