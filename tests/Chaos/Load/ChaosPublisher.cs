using System.Buffers.Binary;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Load;

/// <summary>One publisher: a message every so often whether or not the relay is there, and after each reconnect what is not stored yet.</summary>
internal sealed class ChaosPublisher(string channel, string publisher, double messagesPerSecond, GatewayChoice gateways, Random random, Clock clock, LoadTotals totals)
{
    /// <summary>Longer than a channel takes to come back from the crash of its silo; a paused gateway acknowledges nothing for longer.</summary>
    private static readonly TimeSpan AckWithin = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    private readonly List<PublisherEvent> _events = [];
    private readonly List<long> _sentAt = [];
    private readonly Lock _gate = new();
    private long _acknowledged;

    /// <summary>What it did and was told.</summary>
    public PublisherHistory History
    {
        get
        {
            lock (_gate)
            {
                return new PublisherHistory(publisher, [.. _events]);
            }
        }
    }

    /// <summary>Whether all that it published is stored.</summary>
    public bool IsDone => Volatile.Read(ref _acknowledged) == Published;

    private long Published
    {
        get
        {
            lock (_gate)
            {
                return _sentAt.Count;
            }
        }
    }

    /// <summary>Publishes until told to stop, then goes on until all is stored or the run is over.</summary>
    public async Task RunAsync(CancellationToken stopPublishing, CancellationToken over)
    {
        var making = MakeAsync(stopPublishing);
        try
        {
            while (!over.IsCancellationRequested && !(making.IsCompleted && IsDone))
            {
                var code = await ConnectOnceAsync(making, over);
                await Task.Delay(CloseCodes.Pause(code, random), clock.Time, over);
                totals.AddReconnect();
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // What is not stored by now is a finding.
        }

        await making;
    }

    private async Task MakeAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery, clock.Time);
        var startedAt = clock.Now;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                while (Published < (clock.Now - startedAt) * messagesPerSecond / 1_000_000)
                {
                    lock (_gate)
                    {
                        _sentAt.Add(clock.Now);
                        _events.Add(new MessagePublished(clock.Now, _sentAt.Count));
                    }

                    totals.AddPublished();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Enough.
        }
    }

    private async Task<int> ConnectOnceAsync(Task making, CancellationToken over)
    {
        var gateway = gateways.Next();
        using var socket = await RelaySocket.TryConnectAsync(gateway, $"streamer/{channel}?publisher={publisher}", clock.Time, over);
        if (socket is null)
        {
            return CloseCodes.Broken;
        }

        var hello = await socket.ReadAsync(AckWithin, over);
        if (hello.Type != "hello")
        {
            return hello.Code;
        }

        var stored = hello.Number("lastSequence");
        Record(new PublisherJoined(clock.Now, gateway.Authority, stored));
        Acknowledge(stored);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(over);
        var sending = SendAsync(socket, stored + 1, ended.Token);
        var code = await ReadAcksAsync(socket, making, over);
        Record(new PublisherLeft(clock.Now, gateway.Authority, code));
        await ended.CancelAsync();
        await sending;
        return code;
    }

    private async Task SendAsync(RelaySocket socket, long next, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock.Time);
        try
        {
            do
            {
                for (; next <= Published; next++)
                {
                    await socket.SendAsync(Frame(next), cancellationToken);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The connection is over.
        }
    }

    private async Task<int> ReadAcksAsync(RelaySocket socket, Task making, CancellationToken over)
    {
        var moveAt = Moving.NextFrom(clock, random);
        while (true)
        {
            if (making.IsCompleted && IsDone)
            {
                await socket.CloseAsync();
                return CloseCodes.Finished;
            }

            var received = await socket.ReadAsync(AckWithin, over);
            if (received.Code != 0)
            {
                return received.Code;
            }

            if (clock.Now > moveAt)
            {
                // In the middle of what it sends: some of it is stored without an acknowledgement, and comes again.
                return CloseCodes.Moved;
            }

            if (received.Type == "ack")
            {
                Record(new AckTold(clock.Now, received.Number("sequence"), new Place(received.Number("epoch"), received.Number("offset"))));
                Acknowledge(received.Number("sequence"));
            }
        }
    }

    private byte[] Frame(long sequence)
    {
        long sentAt;
        lock (_gate)
        {
            sentAt = _sentAt[(int)sequence - 1];
        }

        var payload = Payload.Make(publisher, sequence, sentAt);
        var frame = new byte[10 + payload.Length];
        (frame[0], frame[1]) = (0x02, 2);
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), sequence);
        payload.CopyTo(frame, 10);
        return frame;
    }

    private void Acknowledge(long sequence)
    {
        if (sequence > _acknowledged)
        {
            totals.AddAcknowledged(sequence - _acknowledged);
            Volatile.Write(ref _acknowledged, sequence);
        }
    }

    private void Record(PublisherEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
        }
    }
}
