namespace OrleansRelay.Gateway.Tests;

/// <summary>One relay for the tests of a class that need no settings of their own; each test has its own channel.</summary>
public sealed class RelayFixture : IAsyncLifetime
{
    public RelayHost Relay { get; private set; } = null!;

    public async Task InitializeAsync() => Relay = await RelayHost.StartAsync();

    public async Task DisposeAsync() => await Relay.DisposeAsync();
}
