namespace OrleansRelay.Recordings.Playing;

/// <summary>Where a played recording goes: a relay, or a list in a test.</summary>
public interface IMessageSink
{
    /// <summary>Hands one message on; completes when the next may come.</summary>
    Task SendAsync(RecordedMessage message, CancellationToken cancellationToken);
}
