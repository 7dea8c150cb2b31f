namespace OrleansRelay.Grains.Tests;

/// <summary>One relay for the tests that need no settings of their own; each test has its own channel.</summary>
public sealed class RelayFixture : IAsyncLifetime
{
    public RelayHost Relay { get; private set; } = null!;

    public async Task InitializeAsync() => Relay = await RelayHost.StartAsync(
        "Channels:Default:PublisherLease=00:00:01",
        "Channels:Namespaces:refusing:Publishers=Refuse",
        "Channels:Namespaces:shared:Publishers=Shared",
        "Channels:Namespaces:small:MaxMessageBytes=4",
        "Channels:Namespaces:short:HistoryMessages=2");

    public async Task DisposeAsync() => await Relay.DisposeAsync();
}
