namespace OrleansRelay.Gateway.Tests.Deflate;

/// <summary>One relay that accepts permessage-deflate; its channels <c>small/…</c> take no large messages.</summary>
public sealed class DeflateFixture : IAsyncLifetime
{
    public const int SmallMessage = 1 << 20;

    public RelayHost Relay { get; private set; } = null!;

    /// <summary>Queues are wide, as in the fixture of the other tests.</summary>
    public async Task InitializeAsync() => Relay = await RelayHost.StartAsync(
        "Deflate:IsEnabled=true", $"Channels:Namespaces:small:MaxMessageBytes={SmallMessage}",
        "Channels:Default:ViewerQueueBytes=67108864", "Channels:Default:ViewerQueueMessages=1000000");

    public async Task DisposeAsync() => await Relay.DisposeAsync();
}
