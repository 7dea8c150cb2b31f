namespace OrleansRelay.Chaos.Load;

/// <summary>Which gateway to connect to: any, but not the one that just failed. It stands for a load balancer that asks for readiness.</summary>
internal sealed class GatewayChoice(IReadOnlyList<Uri> gateways, Random random)
{
    private int _last = -1;

    /// <summary>Chooses for the next connection.</summary>
    public Uri Next()
    {
        var others = _last < 0 || gateways.Count == 1 ? gateways.Count : gateways.Count - 1;
        _last = (_last + 1 + random.Next(others)) % gateways.Count;
        return gateways[_last];
    }
}
