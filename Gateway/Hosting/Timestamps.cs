namespace OrleansRelay.Gateway.Hosting;

/// <summary>The relay's unit of time on the wire.</summary>
internal static class Timestamps
{
    /// <summary>Microseconds since 1970.</summary>
    public static long ToUnixMicroseconds(this DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
