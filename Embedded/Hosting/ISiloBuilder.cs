using Microsoft.Extensions.Configuration;

namespace Orleans.Hosting;

/// <summary>What a host says about its silo before it starts: in the host's own services and configuration.</summary>
public interface ISiloBuilder
{
    IServiceCollection Services { get; }
    IConfiguration Configuration { get; }
}
