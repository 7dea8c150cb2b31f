using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Standalone;

/// <summary>A gateway in a process of its own: a client of the silo cluster.</summary>
internal static class StandaloneGateway
{
    /// <summary>Runs until told to stop.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.UseOrleansClient(client => client.UseLocalhostClustering().AddMemoryStreams(ChannelStreams.Provider));
        builder.AddRelayGateway();
        await using var app = builder.Build();
        app.UseRelayGateway();
        await app.RunAsync();
        return 0;
    }
}
