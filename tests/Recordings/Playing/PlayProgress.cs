using System.Globalization;

namespace OrleansRelay.Recordings.Playing;

/// <summary>One line that keeps up on a terminal; a line every 10 s where the output is a file or a log.</summary>
internal sealed class PlayProgress(TextWriter output, TimeProvider time) : IProgress<RecordingPlayer>
{
    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly long _started = time.GetTimestamp();
    private TimeSpan _next;

    public void Report(RecordingPlayer player)
    {
        var elapsed = time.GetElapsedTime(_started);
        var isAtEnd = player.Sent == player.Count;
        if (elapsed < _next && !isAtEnd)
        {
            return;
        }

        _next = elapsed + (_isTerminal ? TimeSpan.FromSeconds(0.2) : TimeSpan.FromSeconds(10));
        var rate = player.Sent / Math.Max(0.001, elapsed.TotalSeconds);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $@"{player.Position:hh\:mm\:ss} of {player.Length:hh\:mm\:ss}   {player.Sent,6} of {player.Count} messages   {rate,5:F0} messages/s");
        output.Write(_isTerminal ? $"\r{line}{(isAtEnd ? Environment.NewLine : "")}" : $"{line}{Environment.NewLine}");
    }
}
