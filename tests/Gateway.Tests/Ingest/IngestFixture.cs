namespace OrleansRelay.Gateway.Tests.Ingest;

/// <summary>A relay with a namespace for each way of taking messages in.</summary>
public sealed class IngestFixture : IAsyncLifetime
{
    /// <summary>The largest message of the namespace <c>small</c>.</summary>
    public const int SmallMessage = 10_000;

    public RelayHost Relay { get; private set; } = null!;

    public async Task InitializeAsync() => Relay = await RelayHost.StartAsync(
        "Channels:Default:PublisherLease=00:00:01",
        "Channels:Namespaces:refusing:Publishers=Refuse",
        "Channels:Namespaces:shared:Publishers=Shared",
        $"Channels:Namespaces:small:MaxMessageBytes={SmallMessage}");

    public async Task DisposeAsync() => await Relay.DisposeAsync();
}
