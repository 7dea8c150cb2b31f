using System.ComponentModel.DataAnnotations;

namespace OrleansRelay.Settings;

/// <summary>Whether the relay is one process or a cluster.</summary>
public enum ClusterMode
{
    /// <summary>One process; state in files.</summary>
    Local,

    /// <summary>Silos and gateways that find each other, and keep their state, in PostgreSQL.</summary>
    Postgres,
}

/// <summary>The cluster that a silo or gateway belongs to.</summary>
public sealed class ClusterOptions : IValidatableObject
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Cluster";

    /// <summary>One process or a cluster.</summary>
    /// <value>Local (default) or Postgres.</value>
    public ClusterMode Mode { get; set; } = ClusterMode.Local;

    /// <summary>How the database is reached, in Npgsql's form (<c>Host=…;Database=…;Username=…;Password=…</c>). A secret.</summary>
    /// <value>Required in mode Postgres.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>The name of the cluster, the same for all its silos and gateways and over all their restarts.</summary>
    /// <value>Default <c>relay</c>.</value>
    [Required]
    public string ClusterId { get; set; } = "relay";

    /// <summary>The name under which state is stored: two clusters with one name take turns on the same state.</summary>
    /// <value>Default <c>relay</c>.</value>
    [Required]
    public string ServiceId { get; set; } = "relay";

    /// <summary>The port on which a silo talks with other silos.</summary>
    /// <value>1 to 65535. Default 11111.</value>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>The port on which a silo serves gateways.</summary>
    /// <value>1 to 65535. Default 30000.</value>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address at which the others reach this silo: its pod's.</summary>
    /// <value>Default: the machine's first address that is not loopback.</value>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>Whether a silo brings the database's schema up to date when it starts. Safe when several start at once.</summary>
    /// <value>Default false: <c>./relay db</c> does it.</value>
    public bool ApplySchema { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mode == ClusterMode.Postgres && ConnectionString.Length == 0)
        {
            yield return new ValidationResult("A cluster needs its database.", [nameof(ConnectionString)]);
        }

        if (AdvertisedAddress.Length > 0 && !System.Net.IPAddress.TryParse(AdvertisedAddress, out _))
        {
            yield return new ValidationResult("It must be an IP address.", [nameof(AdvertisedAddress)]);
        }
    }
}
