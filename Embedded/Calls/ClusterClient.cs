namespace Orleans.Embedded;

/// <inheritdoc cref="IClusterClient"/>
internal sealed class ClusterClient(EmbeddedSilo silo, IServiceProvider services) : IClusterClient
{
    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return silo.Reference<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }
}
