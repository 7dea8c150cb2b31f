namespace Orleans.Embedded;

/// <summary>All that the engine logs, under the one category of <see cref="EmbeddedSilo"/>.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Grain {GrainId} could not be activated.", EventName = "ActivationFailed")]
    public static partial void ActivationFailed(ILogger logger, Exception exception, GrainId grainId);
    [LoggerMessage(2, LogLevel.Error, "Grain {GrainId} did not end well ({Reason}).", EventName = "DeactivationFailed")]
    public static partial void DeactivationFailed(ILogger logger, Exception exception, GrainId grainId, DeactivationReasonCode reason);
    [LoggerMessage(3, LogLevel.Error, "Grain {GrainId} threw when it was disposed.", EventName = "DisposeFailed")]
    public static partial void DisposeFailed(ILogger logger, Exception exception, GrainId grainId);
    [LoggerMessage(4, LogLevel.Error, "A timer of grain {GrainId} threw; the timer goes on.", EventName = "TickFailed")]
    public static partial void TickFailed(ILogger logger, Exception exception, GrainId grainId);
    [LoggerMessage(5, LogLevel.Warning, "One-way call {Method} of grain {GrainId} failed.", EventName = "OneWayCallFailed")]
    public static partial void OneWayCallFailed(ILogger logger, Exception exception, string method, GrainId grainId);
    [LoggerMessage(6, LogLevel.Error, "The host's time to stop ran out before {Count} grains had ended.", EventName = "StoppedTooSoon")]
    public static partial void StoppedTooSoon(ILogger logger, int count);
    [LoggerMessage(7, LogLevel.Error, "An observer of stream {StreamId} threw; the next item comes all the same.", EventName = "ObserverFailed")]
    public static partial void ObserverFailed(ILogger logger, Exception exception, StreamId streamId);
    [LoggerMessage(8, LogLevel.Warning, "A subscriber of stream {StreamId} fell behind; {Dropped} items were dropped.", EventName = "FellBehind")]
    public static partial void FellBehind(ILogger logger, StreamId streamId, int dropped);
    [LoggerMessage(9, LogLevel.Critical, "A turn of grain {GrainId} failed in the engine.", EventName = "TurnFailed")]
    public static partial void TurnFailed(ILogger logger, Exception exception, GrainId grainId);
}
