namespace Orleans;

/// <summary>The way from a grain to streams.</summary>
public static class GrainStreamingExtensions
{
    public static IStreamProvider GetStreamProvider(this IGrainBase grain, string name) =>
        grain.GrainContext.ActivationServices.GetRequiredKeyedService<IStreamProvider>(name);
}

/// <summary>The way from outside of grains to streams.</summary>
public static class ClientStreamingExtensions
{
    public static IStreamProvider GetStreamProvider(this IClusterClient client, string name) =>
        client.ServiceProvider.GetRequiredKeyedService<IStreamProvider>(name);
}
