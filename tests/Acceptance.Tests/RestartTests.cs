using System.Globalization;
using Xunit.Abstractions;

namespace OrleansRelay.Acceptance.Tests;

/// <summary>The process is restarted in mid-stream, as an operator does it.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    private const int Count = 2000;
    private const int Viewers = 12;

    /// <summary>How far the publisher runs ahead of what is acknowledged: so much is under way when the process ends.</summary>
    private const int Ahead = 100;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TaskCompletionSource _isHalfWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allWatch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _isBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _watching;

    [Fact]
    public async Task NobodyMissesWhatWasAcknowledged()
    {
        await using var relay = new RelayHostProcess(SiloAssembly.Path);
        await relay.StartAsync();
        var watching = Enumerable.Range(0, Viewers).Select(number => WatchAsync(relay.Address, isSse: number % 2 == 1)).ToArray();
        var publishing = PublishAsync(relay.Address);
        await Task.WhenAny(_isHalfWay.Task, publishing).WaitAsync(Limit);

        // Publishing takes milliseconds: whoever came later than the signal would be refused.
        await Task.WhenAny([_allWatch.Task, .. watching]).WaitAsync(Limit);

        var exitCode = await relay.TerminateAsync();
        output.WriteLine($"The process ended with {exitCode}.");
        await relay.StartAsync();
        _isBack.SetResult();

        Assert.Equal(0, exitCode);
        var acknowledged = await publishing.WaitAsync(Limit);
        output.WriteLine($"{acknowledged} messages were acknowledged before the restart, all {Count} after it.");
        foreach (var reconnects in await Task.WhenAll(watching).WaitAsync(Limit))
        {
            Assert.Equal(1, reconnects);
        }
    }

    /// <summary>Publishes everything, resending after the restart what was not acknowledged before it.</summary>
    /// <returns>What had been acknowledged when the process ended.</returns>
    private async Task<long> PublishAsync(Uri relay)
    {
        await using var former = await Publisher.OpenAsync(relay, "streamer/game?publisher=p", isV1: true);
        try
        {
            // The last of them are kept for after the restart, however late the signal comes.
            while (former.Sequence < Count - 2 * Ahead)
            {
                await former.SendAsync((former.Sequence + 1).ToString(CultureInfo.InvariantCulture));
                await former.AcknowledgedAsync(former.Sequence - Ahead);
                if (former.Sequence == Count / 2)
                {
                    _isHalfWay.SetResult();
                }
            }
        }
        catch (InvalidOperationException)
        {
            // Closed while it waited for an acknowledgement.
        }

        Assert.Equal(4200, (await former.ClosedAsync()).Code);
        await former.AnswerCloseAsync();
        await _isBack.Task.WaitAsync(Limit);
        await using var latter = await Publisher.OpenAsync(relay, "streamer/game?publisher=p", isV1: true);
        Assert.True(latter.Acknowledged >= former.Acknowledged, $"{former.Acknowledged} were acknowledged, {latter.Acknowledged} are known.");
        while (latter.Sequence < Count)
        {
            await latter.SendAsync((latter.Sequence + 1).ToString(CultureInfo.InvariantCulture));
        }

        await latter.AcknowledgedAsync();
        await latter.EndAsync();
        return former.Acknowledged;
    }

    /// <summary>Watches to the last message and comes back with its position when it is asked to.</summary>
    /// <returns>How often it came back.</returns>
    private async Task<int> WatchAsync(Uri relay, bool isSse)
    {
        var (epoch, last, reconnects) = (0L, 0L, 0);
        while (true)
        {
            var position = $"{epoch}:{last}";
            await using IViewer viewer = isSse
                ? await SseViewer.OpenAsync(relay, "viewer/game", reconnects == 0 ? null : position)
                : await WebSocketViewer.OpenAsync(relay, reconnects == 0 ? "viewer/game" : "viewer/game?since=" + position, isV1: true);
            var hello = await viewer.NextNoticeAsync("hello");
            epoch = hello.GetProperty("epoch").GetInt64();
            if (reconnects == 0 && Interlocked.Increment(ref _watching) == Viewers)
            {
                _allWatch.SetResult();
            }

            Assert.True(reconnects == 0 || hello.GetProperty("recovered").GetBoolean(), $"Not recovered: {hello}");
            var next = await viewer.NextAsync();
            while (next.CloseCode == 0 && last < Count)
            {
                if (next.IsMessage)
                {
                    Assert.Equal((last + 1, (last + 1).ToString(CultureInfo.InvariantCulture)), (next.Offset, next.Text));
                    last = next.Offset;
                }

                next = last < Count ? await viewer.NextAsync() : next;
            }

            if (last == Count)
            {
                return reconnects;
            }

            Assert.Equal(4200, next.CloseCode);
            await viewer.DisposeAsync();
            await _isBack.Task.WaitAsync(Limit);
            reconnects++;
        }
    }
}
