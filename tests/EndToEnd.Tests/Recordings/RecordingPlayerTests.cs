using System.Threading.Channels;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Playing;

namespace OrleansRelay.EndToEnd.Tests.Recordings;

public sealed class RecordingPlayerTests
{
    [Fact]
    public async Task SendsEachMessageWhenItIsDueAtTheChosenSpeed()
    {
        ManualTimeProvider time = new();
        Sink sink = new();
        RecordingPlayer player = new(
            [RecordedMessage.OfText(0, "now"), RecordedMessage.OfText(10_000, "at 10 s"), RecordedMessage.OfText(20_000, "at 20 s")], speed: 10, time);

        var playing = player.PlayAsync(sink, new Progress<RecordingPlayer>(), CancellationToken.None);
        Assert.Equal("now", await sink.NextAsync().WithinTest("the first message"));
        Assert.True(sink.IsEmpty);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("at 10 s", await sink.NextAsync().WithinTest("the second message"));
        Assert.True(sink.IsEmpty);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("at 20 s", await sink.NextAsync().WithinTest("the third message"));
        await playing.WithinTest("the recording's end");

        Assert.Equal(TimeSpan.FromSeconds(20), player.Position);
    }

    [Fact]
    public async Task StopsWhenAsked()
    {
        using CancellationTokenSource stop = new();
        RecordingPlayer player = new([RecordedMessage.OfText(0, "now"), RecordedMessage.OfText(10_000, "never")], speed: 1, new ManualTimeProvider());

        var playing = player.PlayAsync(new Sink(), new Progress<RecordingPlayer>(), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => playing.WithinTest("the player to stop"));
        Assert.Equal(1, player.Sent);
    }

    private sealed class Sink : IMessageSink
    {
        private readonly Channel<string> _arrived = Channel.CreateUnbounded<string>();

        public Task SendAsync(RecordedMessage message, CancellationToken cancellationToken)
            => _arrived.Writer.WriteAsync(message.Text, cancellationToken).AsTask();

        public Task<string> NextAsync() => _arrived.Reader.ReadAsync().AsTask();

        public bool IsEmpty => _arrived.Reader.Count == 0;
    }
}
