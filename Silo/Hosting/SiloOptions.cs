namespace OrleansRelay.Silo.Hosting;

/// <summary>What a silo's process does besides hosting grains.</summary>
public sealed class SiloOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Silo";

    /// <summary>Whether it serves publishers and viewers as a gateway, too.</summary>
    /// <value>Default true. In a cluster with gateways of their own: false, and only the probes are served.</value>
    public bool ServesGateway { get; set; } = true;
}
