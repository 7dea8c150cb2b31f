using System.Collections.Concurrent;
using OrleansRelay.Silo.Hosting;

namespace OrleansRelay.Gateway.Tests.Hosting;

/// <summary>Timers that ring together still ring, none early, and stop when told.</summary>
public sealed class CoalescedTimeTests
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CoalescedTime _time = new();
    private readonly ConcurrentQueue<long> _rings = [];

    [Theory]
    [InlineData(20)]
    [InlineData(1000)]
    [InlineData(1234)]
    public async Task ATimerRingsOnceAndNotBeforeItIsDue(int milliseconds)
    {
        var startedAt = Environment.TickCount64;
        await using var timer = Start(TimeSpan.FromMilliseconds(milliseconds), Never);

        await RungAsync(1);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);

        // The system's clock goes by milliseconds, and may be one short.
        Assert.InRange(Assert.Single(_rings) - startedAt, milliseconds - 1, long.MaxValue);
    }

    [Fact]
    public async Task TimersThatRepeatRingAtOneMomentWhereverTheyBegan()
    {
        List<ITimer> timers = [];
        for (var count = 0; count < 8; count++)
        {
            timers.Add(Start(Second, Second));
            await Task.Delay(TimeSpan.FromMilliseconds(110), TimeProvider.System);
        }

        // The first round may lack those that began after it, and this machine may stand still within others.
        await UntilAsync(() => _rings.GroupBy(ring => ring / 1000).Any(round => round.Count() == timers.Count && round.Max() - round.Min() < 100), "a round in which all ring");
        timers.ForEach(timer => timer.Dispose());
    }

    [Fact]
    public async Task ATimerMayBeSetAnewAndOtherwise()
    {
        await using var timer = _time.CreateTimer(_ => _rings.Enqueue(1), null, Never, Never);

        Assert.True(timer.Change(TimeSpan.FromHours(1), Never));
        Assert.True(timer.Change(TimeSpan.FromMilliseconds(10), Never));
        await RungAsync(1);
        Assert.True(timer.Change(Second, Second));
        await RungAsync(3);
        Assert.True(timer.Change(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)));
        await RungAsync(8);
    }

    [Fact]
    public async Task WhatIsStoppedOrDisposedDoesNotRing()
    {
        var stopped = Start(Second, Second);
        var disposed = Start(Second, Never);
        await using var other = Start(Second + Second, Never);

        stopped.Change(Never, Never);
        disposed.Dispose();
        await RungAsync(1);

        Assert.Single(_rings);
        Assert.False(disposed.Change(Second, Never));
        await stopped.DisposeAsync();
        Assert.False(stopped.Change(Second, Never));
    }

    [Fact]
    public void ATimeThatIsNoneIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(-2), Never));

    [Fact]
    public async Task ATimerRunsInTheContextThatItWasMadeIn()
    {
        var local = new AsyncLocal<string> { Value = "mine" };
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = _time.CreateTimer(_ => seen.TrySetResult(local.Value), null, Second, Never);
        local.Value = "later";

        Assert.Equal("mine", await seen.Task.WithinTest("its ring"));
    }

    private ITimer Start(TimeSpan dueTime, TimeSpan period) => _time.CreateTimer(_ => _rings.Enqueue(Environment.TickCount64), null, dueTime, period);

    private Task RungAsync(int times) => UntilAsync(() => _rings.Count >= times, $"{times} rings");

    private static Task UntilAsync(Func<bool> isThere, string what) => Task.Run(async () =>
    {
        while (!isThere())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }).WithinTest(what);
}
