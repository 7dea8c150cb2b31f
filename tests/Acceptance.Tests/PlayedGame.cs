using System.Diagnostics;
using System.Globalization;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Playing;
using Xunit.Sdk;

namespace OrleansRelay.Acceptance.Tests;

/// <summary>Game 4 of seed 000's table (29,407 messages, 7,986 kB) played in once at 200 times its pace, while 100 viewers join at random moments and one more stops reading.</summary>
public sealed class PlayedGame(Xunit.Abstractions.IMessageSink diagnostics) : IAsyncLifetime, IMessageSink
{
    public const int Viewers = 100;

    /// <summary>Twelve seconds of the game: a machine that is busy with something else for a moment makes nobody slow.</summary>
    public const int QueueBytes = 4 * 1024 * 1024;
    private const string Channel = "game";
    private const double Speed = 200;

    /// <summary>The whole takes half a minute; longer than this is a hang.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(4);
    private readonly List<(int At, Task<GameViewer> Watching)> _watching = [];
    private RelayHost _relay = null!;
    private Publisher _publisher = null!;
    private RawSocket _stalled = null!;
    private Queue<int> _joins = [];
    private int _sent;
    private long _startedAt;

    /// <summary>The publisher's log: what was sent, in its order.</summary>
    public IReadOnlyList<RecordedMessage> Log { get; private set; } = [];

    /// <summary>What each viewer got.</summary>
    public IReadOnlyList<GameViewer> Got { get; private set; } = [];

    /// <summary>How the viewer that stopped reading was ended.</summary>
    public (int Code, string Reason) StalledEnd { get; private set; }

    /// <summary>How many messages were acknowledged before the stalled viewer read its first byte.</summary>
    public long StoredWhileStalled { get; private set; }

    /// <summary>What is held more after the game than before it, everybody still connected.</summary>
    public long HeldBytes { get; private set; }

    public async Task InitializeAsync()
    {
        Log = GameRecording.Generate(RecordedGame.ById(4), seed: 1);
        _joins = new Queue<int>(Enumerable.Range(0, Viewers).Select(_ => _random.Next(Log.Count)).Order());
        _relay = await RelayHost.StartAsync($"Channels:Default:ViewerQueueBytes={QueueBytes}", "Gateway:WriteBufferBytes=16384", "Viewers:CloseWithin=00:01:00");
        _publisher = await Publisher.OpenAsync(_relay.Address, $"streamer/{Channel}?publisher=dashboard&start=new", isV1: true);
        _stalled = await RawSocket.UpgradeAsync(_relay.Address, "viewer/" + Channel, receiveBufferBytes: 16384);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _startedAt = Stopwatch.GetTimestamp();

        await new RecordingPlayer(Log, Speed, TimeProvider.System).PlayAsync(this, new Progress<RecordingPlayer>(), CancellationToken.None).WaitAsync(Limit);
        await _publisher.AcknowledgedAsync();
        StoredWhileStalled = _publisher.Acknowledged;
        Say("all is stored; waiting for the viewers");
        Got = await Task.WhenAll(_watching.Select(one => one.Watching)).WaitAsync(Limit);
        HeldBytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        StalledEnd = await _stalled.ReadCloseAsync();
        Say($"all viewers have everything; {HeldBytes / 1024:N0} KiB more are held than before");
    }

    public async Task SendAsync(RecordedMessage message, CancellationToken cancellationToken)
    {
        while (_joins.TryPeek(out var at) && at <= _sent)
        {
            var form = _watching.Count % 3;
            _watching.Add((_joins.Dequeue(), Task.Run(() => GameViewer.WatchAsync(_relay.Address, Channel, form, Log), cancellationToken)));
        }

        await _publisher.SendAsync(message.Payload, message.IsText);
        if (++_sent % 5000 == 0)
        {
            Say($"{_sent} of {Log.Count} messages played, {_watching.Count} viewers");
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var viewer in Got)
        {
            await viewer.DisposeAsync();
        }

        await _stalled.DisposeAsync();
        await _publisher.DisposeAsync();
        await _relay.DisposeAsync();
    }

    private void Say(string what) => diagnostics.OnMessage(new DiagnosticMessage(
        string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_startedAt).TotalSeconds,5:N1} s  {what}")));
}
