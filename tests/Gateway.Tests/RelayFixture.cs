namespace OrleansRelay.Gateway.Tests;

/// <summary>One relay for the tests of a class that need no settings of their own; each test has its own channel.</summary>
public sealed class RelayFixture : IAsyncLifetime
{
    public RelayHost Relay { get; private set; } = null!;

    /// <summary>Queues are wide: on a busy machine these tests' own clients are the slow ones, and what is done with slow viewers is tested elsewhere.</summary>
    public async Task InitializeAsync() => Relay = await RelayHost.StartAsync("Channels:Default:ViewerQueueBytes=67108864", "Channels:Default:ViewerQueueMessages=1000000");

    public async Task DisposeAsync() => await Relay.DisposeAsync();
}
