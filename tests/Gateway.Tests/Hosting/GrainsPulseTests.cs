using OrleansRelay.Directory;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Tests.Streams;

namespace OrleansRelay.Gateway.Tests.Hosting;

public sealed class GrainsPulseTests
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider _time = new();
    private readonly System.Threading.Channels.Channel<int> _asked = System.Threading.Channels.Channel.CreateUnbounded<int>();

    /// <summary>A service that throws stops its host: seen with Orleans 10.4, whose calls are cancelled while a dead silo's grains move.</summary>
    [Fact]
    public async Task ACallThatTheClusterCancelsIsSilenceAndNotTheEnd()
    {
        var isReachable = false;
        using var pulse = new GrainsPulse(Grains(() => isReachable), _time);
        await pulse.StartAsync(CancellationToken.None);
        await AskedAsync();
        Assert.False(pulse.IsBeating);

        isReachable = true;
        _time.Advance(AskEvery);
        await AskedAsync();
        _time.Advance(AskEvery);
        await AskedAsync();

        Assert.True(pulse.IsBeating);
        Assert.False(pulse.ExecuteTask!.IsCompleted);
        await pulse.StopAsync(CancellationToken.None);
    }

    private Task<int> AskedAsync() => _asked.Reader.ReadAsync().WithinTest("the next call to the grains");

    private IGrainFactory Grains(Func<bool> isReachable)
    {
        var grain = Answers.To<IDirectoryGrain>((_, _) =>
        {
            _asked.Writer.TryWrite(0);
            return isReachable() ? Task.FromResult<Channels.ChannelState[]>([]) : Task.FromException<Channels.ChannelState[]>(new OperationCanceledException());
        });
        return Answers.To<IGrainFactory>((_, _) => grain);
    }
}
