using System.Buffers.Binary;
using System.Text;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Load;

/// <summary>One viewer: from the beginning, and after each reconnect from where it was.</summary>
internal sealed class ChaosViewer(string channel, string viewer, GatewayChoice gateways, Random random, Clock clock, LoadTotals totals)
{
    private const int HeaderBytes = 18;

    /// <summary>An idle viewer is told the channel's position every 5 s: twice that and more without a word is a gateway that stands still.</summary>
    private static readonly TimeSpan AnythingWithin = TimeSpan.FromSeconds(12);

    private readonly List<ViewerEvent> _events = [];
    private string _publisher = "";
    private long _epoch;
    private long _offset;

    /// <summary>What it saw. Read it when the viewer has ended.</summary>
    public ViewerHistory History => new(viewer, _events);

    /// <summary>Where it is.</summary>
    public Place Last => new(Volatile.Read(ref _epoch), Volatile.Read(ref _offset));

    /// <summary>Views until the run is over.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        try
        {
            while (!over.IsCancellationRequested)
            {
                var code = await ConnectOnceAsync(over);
                await Task.Delay(CloseCodes.Pause(code, random), clock.Time, over);
                totals.AddReconnect();
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task<int> ConnectOnceAsync(CancellationToken over)
    {
        var gateway = gateways.Next();
        Place? since = _epoch > 0 ? Last : null;
        var query = since is null ? "" : $"?since={since}";
        using var socket = await RelaySocket.TryConnectAsync(gateway, $"viewer/{channel}{query}", clock.Time, over);
        if (socket is null)
        {
            return CloseCodes.Broken;
        }

        var moveAt = Moving.NextFrom(clock, random);
        while (true)
        {
            var received = await socket.ReadAsync(AnythingWithin, over);
            var code = received.Code == 0 && clock.Now > moveAt ? CloseCodes.Moved : received.Code;
            if (code != 0)
            {
                _events.Add(new ViewerLeft(clock.Now, gateway.Authority, code));
                return code;
            }

            if (received.Type.Length == 0)
            {
                TakeMessage(received.Message.Span);
            }
            else
            {
                TakeNotice(received, gateway, since);
            }
        }
    }

    private void TakeMessage(ReadOnlySpan<byte> frame)
    {
        var offset = BinaryPrimitives.ReadInt64BigEndian(frame[2..]);
        var isIntact = Payload.TryRead(frame[HeaderBytes..], NameOf, out var publisher, out var sequence, out var sentAt);
        _events.Add(new MessageSeen(clock.Now, new Place(_epoch, offset), publisher, sequence, sentAt, isIntact));
        Volatile.Write(ref _offset, offset);
        totals.AddDelivered();
    }

    private void TakeNotice(RelaySocket.Received notice, Uri gateway, Place? since)
    {
        switch (notice.Type)
        {
            case "hello":
                var next = new Place(notice.Number("epoch"), notice.Number("next"));
                bool? recovered = notice.Notice.TryGetProperty("recovered", out var flag) ? flag.GetBoolean() : null;
                var reason = notice.Notice.TryGetProperty("reason", out var why) ? why.GetString()! : "";
                _events.Add(new ViewerJoined(clock.Now, gateway.Authority, since, next, notice.Number("head"), notice.Number("firstHeld"), recovered, reason));
                Move(next);
                break;
            case "epoch":
                var first = new Place(notice.Number("epoch"), notice.Number("next"));
                _events.Add(new EpochTold(clock.Now, first));
                Move(first);
                break;
            case "gap":
                _events.Add(new GapTold(clock.Now, notice.Number("epoch"), notice.Number("from"), notice.Number("to"), notice.Notice.GetProperty("reason").GetString()!));
                Move(new Place(notice.Number("epoch"), notice.Number("to") + 1));
                break;
            case "seam" or "position" or "started" or "ended":
                _events.Add(new HeadTold(clock.Now, new Place(notice.Number("epoch"), notice.Number("offset"))));
                break;
        }
    }

    private void Move(Place next)
    {
        Volatile.Write(ref _epoch, next.Epoch);
        Volatile.Write(ref _offset, next.Offset - 1);
    }

    /// <summary>A channel has few publishers and they come in runs: their names are not made anew for each message.</summary>
    private string NameOf(ReadOnlySpan<byte> name)
    {
        if (!Ascii.Equals(name, _publisher))
        {
            _publisher = Encoding.ASCII.GetString(name);
        }

        return _publisher;
    }
}
