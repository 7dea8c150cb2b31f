namespace OrleansRelay.Recordings.Playing;

/// <summary>Sends a recording at its own pace, or a multiple of it. A pace that the relay can't take is not made up by skipping: it plays slower.</summary>
public sealed class RecordingPlayer(IReadOnlyList<RecordedMessage> messages, double speed, TimeProvider time)
{
    // Waking for less than a clock tick costs more than it brings: what is due within it is sent in one go.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(15);

    /// <summary>How many messages there are.</summary>
    public int Count => messages.Count;

    /// <summary>How many were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>When in the recording the last one sent was.</summary>
    public TimeSpan Position { get; private set; }

    /// <summary>How long the recording is.</summary>
    public TimeSpan Length => TimeSpan.FromMilliseconds(messages.Count == 0 ? 0 : messages[^1].AtMilliseconds);

    /// <summary>Plays from the beginning to the end.</summary>
    public async Task PlayAsync(IMessageSink sink, IProgress<RecordingPlayer> progress, CancellationToken cancellationToken)
    {
        Sent = 0;
        var started = time.GetTimestamp();
        foreach (var message in messages)
        {
            var wait = TimeSpan.FromMilliseconds(message.AtMilliseconds / speed) - time.GetElapsedTime(started);
            if (wait > Tick)
            {
                progress.Report(this);
                await Task.Delay(wait, time, cancellationToken);
            }

            await sink.SendAsync(message, cancellationToken);
            Sent++;
            Position = TimeSpan.FromMilliseconds(message.AtMilliseconds);
        }

        progress.Report(this);
    }
}
