namespace OrleansRelay.Chaos.Load;

/// <summary>The run's own time: microseconds since it began.</summary>
internal sealed class Clock(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>The clock behind it, for waits.</summary>
    public TimeProvider Time => time;

    /// <summary>When it began, for whoever reads the logs of the processes beside it.</summary>
    public DateTimeOffset BeganAt { get; } = time.GetUtcNow();

    /// <summary>Now.</summary>
    public long Now => (long)time.GetElapsedTime(_startedAt).TotalMicroseconds;
}
