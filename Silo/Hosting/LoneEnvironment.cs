using Orleans.Statistics;

namespace OrleansRelay.Silo.Hosting;

/// <summary>The load of a silo that is alone. It is not measured, because there is no other silo to compare it with.</summary>
/// <remarks>
/// Orleans's own reads CPU and memory through the runtime's event counters, which poll all of the runtime's counters each second on a thread of their own.
/// Measured on an idle relay: a fifth of its CPU.
/// </remarks>
internal sealed class LoneEnvironment : IEnvironmentStatisticsProvider
{
    /// <inheritdoc/>
    public EnvironmentStatistics GetEnvironmentStatistics() => default;
}
