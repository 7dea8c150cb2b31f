using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Load;

/// <summary>All publishers and viewers of a run.</summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly ChaosSettings _settings;
    private readonly IReadOnlyList<Uri> _gateways;
    private readonly Clock _clock;
    private readonly CancellationTokenSource _stopPublishing = new();
    private readonly CancellationTokenSource _over = new();
    private readonly List<(string Channel, ChaosPublisher Publisher)> _publishers = [];
    private readonly List<(string Channel, ChaosViewer Viewer)> _viewers = [];
    private Task _publishing = Task.CompletedTask;
    private Task _viewing = Task.CompletedTask;

    public ChaosLoad(ChaosSettings settings, IReadOnlyList<Uri> gateways, Clock clock) => (_settings, _gateways, _clock) = (settings, gateways, clock);

    /// <summary>What happened so far.</summary>
    public LoadTotals Totals { get; } = new();

    /// <summary>The namespace whose channels take several publishers; used when there are more publishers than channels.</summary>
    public const string SharedNamespace = "shared";

    /// <summary>Starts everyone. Viewers come first, so that all of them see the first message live.</summary>
    public void Start()
    {
        var channels = Enumerable.Range(1, _settings.Channels).Select(NameOf).ToArray();
        for (var index = 0; index < _settings.Viewers; index++)
        {
            AddViewer(channels[index % channels.Length], $"viewer{index + 1}");
        }

        for (var index = 0; index < _settings.Publishers; index++)
        {
            var channel = channels[index % channels.Length];
            var random = RandomOf(1000 + index);
            _publishers.Add((channel, new ChaosPublisher(channel, $"publisher{index + 1}", _settings.Rate, new GatewayChoice(_gateways, random), random, _clock, Totals)));
        }

        _viewing = Task.WhenAll(_viewers.Select(one => one.Viewer.RunAsync(_over.Token)));
        _publishing = Task.WhenAll(_publishers.Select(one => one.Publisher.RunAsync(_stopPublishing.Token, _over.Token)));
    }

    /// <summary>Ends publishing, then waits until everything is stored and every viewer has it, or for so long.</summary>
    public async Task FinishAsync(TimeSpan within)
    {
        await _stopPublishing.CancelAsync();
        var startedAt = _clock.Now;
        await Task.WhenAny(_publishing, Task.Delay(within, _clock.Time));

        // Late joiners hold the buffer against what was delivered live.
        var late = _publishers.Select(one => one.Channel).Distinct().Select((channel, index) => AddViewer(channel, $"latecomer{index + 1}")).ToArray();
        var lateViewing = Task.WhenAll(late.Select(viewer => viewer.RunAsync(_over.Token)));
        while (!AllAreUpToDate() && _clock.Now - startedAt < within.TotalMicroseconds)
        {
            await Task.Delay(LookEvery, _clock.Time);
        }

        await _over.CancelAsync();
        await Task.WhenAll(_publishing, _viewing, lateViewing);
    }

    /// <summary>Ends everyone at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopPublishing.CancelAsync();
        await _over.CancelAsync();
        await Task.WhenAll(_publishing, _viewing);
        _stopPublishing.Dispose();
        _over.Dispose();
    }

    /// <summary>What everyone saw. Read it when the load has ended.</summary>
    public ChannelHistory[] Histories() =>
    [
        .. _viewers.Select(one => one.Channel).Distinct().Select(channel => new ChannelHistory(
            channel,
            [.. _publishers.Where(one => one.Channel == channel).Select(one => one.Publisher.History)],
            [.. _viewers.Where(one => one.Channel == channel).Select(one => one.Viewer.History)])),
    ];

    private string NameOf(int number) => _settings.Publishers > _settings.Channels ? $"{SharedNamespace}/channel{number}" : $"channel{number}";

    private ChaosViewer AddViewer(string channel, string name)
    {
        var random = RandomOf(_viewers.Count);
        var viewer = new ChaosViewer(channel, name, new GatewayChoice(_gateways, random), random, _clock, Totals);
        _viewers.Add((channel, viewer));
        return viewer;
    }

    private bool AllAreUpToDate() => _publishers.All(one => one.Publisher.IsDone)
        && _viewers.GroupBy(one => one.Channel).All(viewers => viewers.Select(one => one.Viewer.Last).Distinct().Count() == 1 && viewers.All(one => one.Viewer.Last.Offset > 0));

    private Random RandomOf(int index) => new((_settings.Seed * 10_000) + index);
}
