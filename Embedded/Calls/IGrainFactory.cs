namespace Orleans;

/// <summary>Makes references to grains. Making one costs little and activates nothing; the first call does.</summary>
public interface IGrainFactory
{
    /// <summary>A reference to the grain of this key.</summary>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}
