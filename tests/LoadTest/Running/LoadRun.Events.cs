using System.Diagnostics;
using System.Globalization;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Sockets;
using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Running;

/// <summary>What happens to a run: called by its connections and its loop.</summary>
internal sealed partial class LoadRun
{
    private readonly Dictionary<Publication, Queue<(long Sequence, long DueAt)>> _unacknowledged = [];

    /// <summary>What a scenario does between waits: gets the time, answers when it wants to be called again.</summary>
    public Func<long, long> ScenarioWork { get; set; } = _ => long.MaxValue;

    /// <summary>Whether acknowledgements are what is measured.</summary>
    public bool MeasuresAcks { get; set; }

    /// <summary>Stalled viewers that the server has cut off.</summary>
    public int StalledCutOff { get; private set; }

    /// <summary>Begins to connect.</summary>
    public LoadConnection Connect(UrlTemplate url, string channel, int number, ConnectionSide side, IConnectionRole role, int? receiveBufferBytes = null)
    {
        _handshaking++;
        return new LoadConnection(Loop, _addresses.Next(url, channel, number, Options.Subprotocol), role, Options.Protocol?.Begin(side, channel), receiveBufferBytes);
    }

    /// <summary>A connection is up.</summary>
    public void HandshakeDone(LoadConnection connection)
    {
        _handshaking--;
        _open++;
        Handshakes.Record((long)((EventLoop.Now - connection.StartedAt) * (1e9 / Stopwatch.Frequency)));
    }

    /// <summary>A connection is over; a failure unless we ended it.</summary>
    public void ConnectionEnded(string whose, LoadConnection connection, ConnectionEnd end)
    {
        Count(connection);
        if (!end.IsOurs && !_isOver)
        {
            Checks.Disconnected++;
            Problem($"The connection of {whose} to {Options.Gateways[0]}: {end.Why}.");
        }
    }

    /// <summary>A viewer that didn't read is over: the server may cut it off.</summary>
    public void StalledEnded(LoadConnection connection, ConnectionEnd end)
    {
        Count(connection);
        StalledCutOff += end.IsOurs || _isOver ? 0 : 1;
    }

    /// <summary>A delivery was not what was sent.</summary>
    public void Corrupted(Viewer viewer, int bytes)
    {
        Checks.Corrupted++;
        Problem(string.Create(CultureInfo.InvariantCulture, $"A viewer of {ChannelName(viewer.Channel)} got {bytes} bytes that are not what was sent."));
    }

    /// <summary>A message has been handed to its connection.</summary>
    public void PublishedAt(Publication publication, long dueAt)
    {
        Meter.Published();
        if (MeasuresAcks)
        {
            if (!_unacknowledged.TryGetValue(publication, out var waiting))
            {
                _unacknowledged.Add(publication, waiting = new Queue<(long, long)>());
            }

            waiting.Enqueue((publication.Sent, dueAt));
        }
    }

    /// <summary>All up to a sequence is acknowledged.</summary>
    public void Acknowledged(Publication publication, long sequence, long at)
    {
        if (MeasuresAcks && _unacknowledged.TryGetValue(publication, out var waiting))
        {
            while (waiting.TryPeek(out var sent) && sent.Sequence <= sequence)
            {
                waiting.Dequeue();
                Meter.Delivered(sent.DueAt, at);
                Checks.Delivered++;
                publication.AcknowledgedOne();
                IsRoomMade = true;
            }
        }
    }

    private void Problem(string text)
    {
        // Five thousand refused connections are one problem.
        if (_problems.Count < MaxProblems && !_problems.Contains(text))
        {
            _problems.Add(text);
        }
    }

    private void Count(LoadConnection connection)
    {
        // A connection that never got through its handshake still holds one of the places for those.
        if (connection.WasOpen)
        {
            _open--;
        }
        else
        {
            _handshaking--;
        }
    }

    /// <summary>All due work between two waits.</summary>
    private long Work(long now)
    {
        var next = Math.Min(Math.Min(Meter.Run(now), ConnectNext(now)), ScenarioWork(now));
        if (IsRoomMade)
        {
            IsRoomMade = false;
            foreach (var publication in _publications)
            {
                publication.Run(now);
            }
        }

        while (_due.TryPeek(out var publication, out var dueAt) && dueAt <= now)
        {
            _due.Dequeue();
            var again = publication.Run(now);
            if (again < long.MaxValue)
            {
                _due.Enqueue(publication, again);
            }
        }

        return _due.TryPeek(out _, out var first) ? Math.Min(next, first) : next;
    }

    private long ConnectNext(long now)
    {
        var interval = Options.ConnectRate > 0 ? Stopwatch.Frequency / Options.ConnectRate : 0;
        _nextConnectAt = Math.Max(_nextConnectAt, now - (interval * 10));
        while (_toConnect.Count > 0 && _handshaking < Options.Handshakes && (interval == 0 || _nextConnectAt <= now))
        {
            _toConnect.Dequeue()();
            _nextConnectAt += interval;
        }

        return _toConnect.Count > 0 && _handshaking < Options.Handshakes ? (long)_nextConnectAt : long.MaxValue;
    }

    private void Show(Sample sample)
    {
        if (!Options.IsQuiet)
        {
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{sample.At,5:0.0} s {(sample.IsMeasured ? "measured" : "        ")} {sample.Connections,6} connections {sample.DeliveriesPerSecond,12:N0} deliveries/s  p50 {sample.P50,8:0.00} ms  p99 {sample.P99,8:0.00} ms  server {sample.ServerCpuPercent,5:0} %  loader {sample.BusyPercent,4:0} %"));
        }
    }
}
