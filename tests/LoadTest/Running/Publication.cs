using OrleansRelay.LoadTest.Payload;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Running;

/// <summary>One publisher: sends at its own pace, whatever becomes of what it sent (open loop), or keeps a window of messages under way (flat out).</summary>
/// <remarks>
/// Open loop: message n is meant to be sent at <c>start + n / rate</c>, and carries that time even when the socket or this program was
/// late. So a relay that holds the publisher up shows it in the latency of every message that had to wait (no coordinated omission).
/// </remarks>
internal sealed class Publication(LoadRun run, int channel, int publisher) : IConnectionRole
{
    /// <summary>Bytes that may wait in our own buffer; what is due beyond that is sent later, with the time when it was due.</summary>
    private const int MaxWaitingBytes = 1 << 20;
    private const int MostInFlight = 1 << 16;

    private readonly MessageTemplate _template = new(
        run.Options.MessageBytes, run.Options.IsText, run.SpeaksV1, run.Options.Protocol?.EnvelopeOf(run.ChannelName(channel), run.Options.MessageBytes));
    private readonly int[] _viewersLeft = new int[MostInFlight];
    private LoadConnection? _connection;
    private double _ticksPerMessage;
    private double _firstAt;
    private long _firstSequence;
    private long _limit;
    private bool _isOn;

    public int Channel => channel;

    public int Number => publisher;

    /// <summary>The newest sequence sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Messages that all counted viewers have, or that are acknowledged.</summary>
    public long Completed { get; private set; }

    public bool IsOpen => _connection?.IsOpen ?? false;

    /// <summary>Whether its connection is over, or never came to be.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Connects.</summary>
    public void Connect() => _connection = run.Connect(run.Options.PublishUrl, run.ChannelName(channel), (channel * run.Options.Publishers) + publisher, Targets.ConnectionSide.Publisher, this);

    /// <summary>Begins to send.</summary>
    /// <param name="rate">Messages a second; 0 is flat out.</param>
    /// <param name="phase">Where in its interval the first is sent, 0 to 1, so that many publishers don't all send at once.</param>
    /// <param name="limit">How many to send; none when not given.</param>
    public void Start(double rate, double phase, long limit = long.MaxValue)
    {
        _ticksPerMessage = rate <= 0 ? 0 : EventLoop.Ticks(TimeSpan.FromSeconds(1)) / rate;
        _firstAt = EventLoop.Now + (_ticksPerMessage * phase);
        _firstSequence = Sent + 1;
        _limit = limit == long.MaxValue ? limit : Sent + limit;
        _isOn = true;
    }

    /// <summary>Sends no more.</summary>
    public void Stop() => _isOn = false;

    /// <summary>Whether it has sent all that it was told to.</summary>
    public bool IsDone => Sent >= _limit;

    /// <summary>Sends what is due.</summary>
    /// <returns>When the next one is due; never, while it waits for room.</returns>
    public long Run(long now)
    {
        while (_isOn && Sent < _limit && _connection is { IsOpen: true } connection && connection.WaitingBytes < MaxWaitingBytes)
        {
            var dueAt = _ticksPerMessage == 0 ? now : (long)(_firstAt + ((Sent + 1 - _firstSequence) * _ticksPerMessage));
            if (_ticksPerMessage == 0 && Sent - Completed >= run.Options.InFlight)
            {
                break;
            }

            if (dueAt > now)
            {
                connection.Flush();
                return dueAt;
            }

            Send(connection, dueAt);
        }

        _connection?.Flush();
        return _isOn && Sent < _limit && IsOpen && _ticksPerMessage > 0 ? now + EventLoop.Ticks(TimeSpan.FromMilliseconds(1)) : long.MaxValue;
    }

    /// <summary>A counted viewer has a message.</summary>
    public void DeliveredTo(long sequence)
    {
        if (--_viewersLeft[sequence & (MostInFlight - 1)] == 0)
        {
            Completed++;
            run.IsRoomMade = true;
        }
    }

    /// <summary>One more message is acknowledged.</summary>
    public void AcknowledgedOne() => Completed++;

    /// <inheritdoc/>
    public void Opened(LoadConnection connection) => run.HandshakeDone(connection);

    /// <inheritdoc/>
    public void Received(LoadConnection connection, Opcode opcode, ReadOnlySpan<byte> payload, long at)
    {
        if (run.SpeaksV1 && opcode == Opcode.Text && RelayV1.TryReadAck(payload, out var sequence))
        {
            run.Acknowledged(this, sequence, at);
        }
    }

    /// <inheritdoc/>
    public void Closed(LoadConnection connection, ConnectionEnd end)
    {
        HasEnded = true;
        run.ConnectionEnded($"publisher {publisher} of {run.ChannelName(channel)}", connection, end);
    }

    private void Send(LoadConnection connection, long dueAt)
    {
        Sent++;
        _viewersLeft[Sent & (MostInFlight - 1)] = run.CountedViewers(channel);
        var stamp = new MessageStamp(run.Id, (ushort)channel, (ushort)publisher, Sent, dueAt);
        _template.Write(connection.Reserve(_template.FrameBytes), stamp);
        run.PublishedAt(this, dueAt);
    }
}
