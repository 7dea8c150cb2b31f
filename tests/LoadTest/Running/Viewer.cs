using OrleansRelay.LoadTest.Checking;
using OrleansRelay.LoadTest.Payload;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Running;

/// <summary>One viewer: checks every delivery and tells the meter how long it took.</summary>
internal sealed class Viewer(LoadRun run, int channel, ViewerKind kind) : IConnectionRole
{
    private readonly DeliveryChecker _checker = new(run.Checks, run.Options.Publishers, kind.StartsAtFirst);
    private readonly bool _isV1 = run.SpeaksV1;
    private readonly bool _isText = run.Options.IsText;

    public int Channel => channel;

    public ViewerKind Kind => kind;

    public LoadConnection? Connection { get; private set; }

    public bool IsOpen => Connection?.IsOpen ?? false;

    /// <summary>Whether it went by our will, or was meant to be cut off.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>When the handshake was done.</summary>
    public long OpenedAt { get; private set; }

    /// <summary>Deliveries that it got.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Called when a delivery has come, for scenarios that watch one viewer's progress.</summary>
    public Action<Viewer, long, long>? Watch { get; set; }

    /// <summary>Connects.</summary>
    public void Connect(Targets.UrlTemplate url, int number) =>
        Connection = run.Connect(url, run.ChannelName(channel), number, Targets.ConnectionSide.Viewer, this, kind.IsStalled ? 4096 : null);

    /// <summary>Whether it has all that its publishers have sent.</summary>
    public bool HasAll(IReadOnlyList<Publication> publications)
    {
        foreach (var publication in publications)
        {
            if (!_checker.HasReached(publication.Number, publication.Sent))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Counts what never came.</summary>
    public void Finish(IReadOnlyList<Publication> publications)
    {
        foreach (var publication in publications)
        {
            _checker.Finish(publication.Number, publication.Sent);
        }
    }

    /// <inheritdoc/>
    public void Opened(LoadConnection connection)
    {
        OpenedAt = EventLoop.Now;
        run.HandshakeDone(connection);
        if (kind.IsStalled)
        {
            connection.Pause();
        }
    }

    /// <inheritdoc/>
    public void Received(LoadConnection connection, Opcode opcode, ReadOnlySpan<byte> payload, long at)
    {
        if (_isV1)
        {
            if (opcode == Opcode.Text)
            {
                return;
            }

            payload = RelayV1.PayloadOf(payload);
        }

        if (!MessageStamp.TryRead(payload, _isText, out var stamp))
        {
            run.Corrupted(this, payload.Length);
            return;
        }

        if (stamp.Run != run.Id || !run.Publishes(channel, stamp.Channel, stamp.Publisher))
        {
            run.Checks.Foreign++;
            return;
        }

        var publication = run.PublicationOf(stamp.Channel, stamp.Publisher);
        if (_checker.Accept(publication.Number, stamp.Sequence))
        {
            Deliveries++;
            if (kind.IsCounted)
            {
                run.Meter.Delivered(stamp.SentAt, at);
                publication.DeliveredTo(stamp.Sequence);
            }
            else
            {
                run.Meter.DeliveredLate();
            }

            Watch?.Invoke(this, stamp.Sequence, at);
        }
    }

    /// <inheritdoc/>
    public void Closed(LoadConnection connection, ConnectionEnd end)
    {
        HasEnded = true;
        if (kind.IsStalled)
        {
            run.StalledEnded(connection, end);
            return;
        }

        run.ConnectionEnded($"a viewer of {run.ChannelName(channel)}", connection, end);
    }
}

/// <summary>What is expected of a viewer.</summary>
/// <param name="StartsAtFirst">It must get everything from the first message on.</param>
/// <param name="IsCounted">Its deliveries are measured, and flat out is as fast as it takes them.</param>
/// <param name="IsStalled">It stops reading once connected.</param>
internal sealed record ViewerKind(bool StartsAtFirst, bool IsCounted, bool IsStalled)
{
    /// <summary>There before the first message.</summary>
    public static ViewerKind Counted { get; } = new(true, true, false);

    /// <summary>Comes later and must get all from the first message on; not part of the measured deliveries.</summary>
    public static ViewerKind Late { get; } = new(true, false, false);

    /// <summary>Comes and goes.</summary>
    public static ViewerKind Passing { get; } = new(false, false, false);

    /// <summary>Never reads.</summary>
    public static ViewerKind Stalled { get; } = new(false, false, true);
}
