using System.Globalization;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Running;

/// <summary>What a scenario can do.</summary>
internal sealed partial class LoadRun
{
    /// <summary>One in so many viewers is connected before memory is looked at.</summary>
    private const int FirstPart = 20;

    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(30);

    private int _passing;

    /// <summary>Connects viewers, evenly over the channels, and waits until all are there.</summary>
    public List<Viewer> ConnectViewers(int count, ViewerKind kind, bool waits = true, UrlTemplate? url = null)
    {
        List<Viewer> added = [];
        for (var index = 0; index < count; index++)
        {
            var viewer = new Viewer(this, index % Options.Channels, kind);
            var number = Viewers.Count;
            added.Add(viewer);
            Viewers.Add(viewer);
            _countedViewers[viewer.Channel] += kind.IsCounted ? 1 : 0;
            _toConnect.Enqueue(() => viewer.Connect(url ?? Options.ViewUrl, number));
        }

        if (waits)
        {
            // What the first ones cost is the server's warming up: code that is compiled, tables that are made.
            var first = added.Take(added.Count / FirstPart).ToList();
            WaitUntil(() => first.TrueForAll(viewer => viewer.IsOpen || viewer.HasEnded), "the first viewers to connect");
            var (before, connected) = (ServerUsage(), added.Count(viewer => viewer.IsOpen));
            WaitUntil(() => added.TrueForAll(viewer => viewer.IsOpen || viewer.HasEnded), "viewers to connect");
            ThrowUnless(added.Count == 0 || added.Exists(viewer => viewer.IsOpen), "No viewer could connect.");
            MeasureMemory(before, added.Count - connected);
        }

        return added;
    }

    /// <summary>Connects one viewer now, outside the connect rate.</summary>
    public Viewer ConnectOne(ViewerKind kind, UrlTemplate url, int channel)
    {
        var viewer = new Viewer(this, channel, kind);
        viewer.Connect(url, Viewers.Count + _passing++);
        return viewer;
    }

    /// <summary>Connects the publishers of all channels.</summary>
    public void ConnectPublishers()
    {
        for (var channel = 0; channel < Options.Channels; channel++)
        {
            _publicationsOf.Add([]);
            for (var publisher = 0; publisher < Options.Publishers; publisher++)
            {
                var publication = new Publication(this, channel, publisher);
                _publications.Add(publication);
                _publicationsOf[channel].Add(publication);
                _toConnect.Enqueue(publication.Connect);
            }
        }

        WaitUntil(() => _publications.TrueForAll(publication => publication.IsOpen || publication.HasEnded), "publishers to connect");
        ThrowUnless(_publications.TrueForAll(publication => publication.IsOpen), "A publisher could not connect.");
        Loop.RunFor(Options.Settle, _cancellationToken);
    }

    /// <summary>Begins to publish on all channels.</summary>
    public void StartPublishing(double? rate = null, long limit = long.MaxValue)
    {
        for (var index = 0; index < _publications.Count; index++)
        {
            _publications[index].Start(rate ?? Options.Rate, (double)index / _publications.Count, limit);
            _due.Enqueue(_publications[index], 0);
        }
    }

    /// <summary>Runs for a while.</summary>
    public void RunFor(TimeSpan time) => Loop.RunFor(time, _cancellationToken);

    /// <summary>Runs until something is so, for as long as anything may take.</summary>
    public void WaitUntil(Func<bool> isReached, string what, TimeSpan? atMost = null)
    {
        if (!Loop.RunUntil(isReached, atMost ?? ConnectWithin, _cancellationToken))
        {
            Problem(string.Create(CultureInfo.InvariantCulture, $"Waited {(atMost ?? ConnectWithin).TotalSeconds:0} s for {what} in vain."));
            Checks.Disconnected++;
        }
    }

    /// <summary>Warms up, then measures in windows.</summary>
    public void Measure()
    {
        RunFor(Options.WarmUp);
        Meter.Begin();
        for (var window = 0; window < Options.Windows; window++)
        {
            RunFor(Options.Duration / Options.Windows);
            Meter.EndWindow();
        }

        Meter.End();
    }

    /// <summary>Stops publishing, waits for what is under way, and counts what never came.</summary>
    public void StopAndCheck()
    {
        foreach (var publication in _publications)
        {
            publication.Stop();
        }

        var mustHaveAll = Viewers.Where(viewer => viewer is { Kind.IsStalled: false, HasEnded: false }).ToList();
        var deliveries = -1L;
        var hasAll = false;
        while (!hasAll && deliveries != Checks.Delivered)
        {
            // As long as anything still comes, nothing is lost.
            deliveries = Checks.Delivered;
            hasAll = Loop.RunUntil(() => mustHaveAll.TrueForAll(viewer => viewer.HasEnded || viewer.HasAll(_publicationsOf[viewer.Channel])), Options.Drain, _cancellationToken);
        }

        mustHaveAll.ForEach(viewer => viewer.Finish(_publicationsOf[viewer.Channel]));
        _isOver = true;
    }

    private void ThrowUnless(bool isSo, string text)
    {
        if (!isSo)
        {
            throw new UnreachableTargetException(string.Join(Environment.NewLine, [text, .. _problems]));
        }
    }

    /// <summary>What the server has used so far; null without its process.</summary>
    public ProcessUsage? ServerUsage() => Options.ServerPid is { } pid ? ProcessUsage.Of(pid) : null;

    private void MeasureMemory(ProcessUsage? before, int connections)
    {
        if (before is { } former && ServerUsage() is { } after && KilobytesPerConnection is null && connections > 0)
        {
            KilobytesPerConnection = (after.ResidentBytes - former.ResidentBytes) / 1024.0 / connections;
        }
    }
}
