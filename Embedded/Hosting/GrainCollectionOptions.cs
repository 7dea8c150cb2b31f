namespace Orleans.Configuration;

/// <summary>How long grains live.</summary>
public class GrainCollectionOptions
{
    /// <summary>How often unused grains are looked for.</summary>
    /// <value>Default 1 minute.</value>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a grain may stay unused, unless its class says otherwise.</summary>
    /// <value>Default 15 minutes.</value>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>When a grain's OnActivateAsync is told to give up.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a grain's running requests and OnDeactivateAsync are waited for.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
