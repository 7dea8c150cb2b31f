namespace OrleansRelay.Gateway.Hosting;

/// <summary>This start of this gateway. A gateway that restarts is another one: what the former held ends with its leases.</summary>
internal sealed class GatewayIdentity
{
    /// <summary>Machine and a random part, unique for each start.</summary>
    public string Id { get; } = $"{Environment.MachineName}-{Guid.NewGuid():N}"[..Math.Min(60, Environment.MachineName.Length + 33)];
}
