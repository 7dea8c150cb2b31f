using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest;

/// <content>What waits goes to the channel: in batches, a few calls at a time, acknowledged in order.</content>
internal sealed partial class PublisherSession
{
    private bool HasWaiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count > 0;
            }
        }
    }

    private async Task SendWaitingAsync()
    {
        try
        {
            while (!_isFinished && HasWaiting)
            {
                // First room for another call, then what it takes: all that has come by then.
                await _window.WaitAsync(_stop.Token);
                var batch = TakeBatch();
                if (batch.FirstSequence > _expected)
                {
                    // The publisher left something out, or begins. Nothing under way may be taken for what is missing.
                    await _stored;
                }

                _expected = batch.FirstSequence + batch.Messages.Length;
                _stored = StoreAsync(batch, _stored);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Given up.
        }
    }

    /// <summary>Takes what waits, as long as the numbers follow one another, up to the bounds of a call.</summary>
    private Batch TakeBatch()
    {
        lock (_gate)
        {
            var first = _waiting.Peek().Sequence;
            var (count, bytes) = (0, 0L);
            foreach (var (message, sequence) in _waiting)
            {
                if (count >= _options.BatchMessages || bytes >= _options.BatchBytes || sequence != first + count)
                {
                    break;
                }

                count++;
                bytes += message.Payload.Length;
            }

            var messages = new Message[count];
            for (var index = 0; index < count; index++)
            {
                messages[index] = _waiting.Dequeue().Message;
            }

            _untold = 0;
            return new Batch(messages, first, bytes);
        }
    }

    /// <summary>Sends one batch until the channel has it, and tells of it after all before it.</summary>
    private async Task StoreAsync(Batch batch, Task former)
    {
        PublishResult? result = null;
        try
        {
            result = await SendAsync(batch, former);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Given up.
        }
        catch (Exception exception)
        {
            Log.Failed(_logger, exception, Channel);
        }

        await former;
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        if (result?.Status is PublishStatus.Stored or PublishStatus.Duplicate)
        {
            Acknowledged?.Invoke(result);
            _totals.Add(batch.Messages.Length, batch.Bytes);
            MakeRoom(batch.Bytes);
            _window.Release();
            return;
        }

        _ended.TrySetResult(result?.Status switch
        {
            null => CloseCode.ChannelUnavailable,
            PublishStatus.Superseded => CloseCode.TakenOver,
            PublishStatus.TooLarge => CloseCode.TooBig,
            _ => CloseCode.SequenceGap,
        });
        await _stop.CancelAsync();
    }

    /// <summary>Sends one batch until the channel answers it or this publisher has lost the channel.</summary>
    private async ValueTask<PublishResult> SendAsync(Batch batch, Task former)
    {
        PublishCall? call = null;
        while (true)
        {
            _stop.Token.ThrowIfCancellationRequested();
            var session = _session;
            try
            {
                var request = new PublishRequest
                {
                    Session = session,
                    PublisherId = PublisherId,
                    FirstSequence = batch.FirstSequence,
                    Messages = batch.Messages,
                    FollowsUnstored = !former.IsCompleted,
                };
                if (_locals.FindHost(Channel) is not { } host || !host.TryPublish(request, out var answer))
                {
                    answer = new ValueTask<PublishResult>(_grain.PublishAsync(request));
                }

                // A channel of this process has mostly answered by now: there is nothing to wait for, let alone to try again.
                var result = answer.IsCompletedSuccessfully ? answer.Result : await (call ??= new PublishCall(_options, _watch, _time)).AnswerAsync(answer.AsTask(), _stop.Token);
                if (result.Status != PublishStatus.UnknownSession)
                {
                    return result;
                }

                if (!await ReopenAsync(session))
                {
                    return new PublishResult { Status = PublishStatus.Superseded };
                }

                continue;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                call ??= new PublishCall(_options, _watch, _time);
                Log.Retrying(_logger, Channel, call.Elapsed, exception.Message);
                if (!await call.WaitAsync(_stop.Token))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Opens the channel again that forgot a session: the first of the calls under way does it for all.</summary>
    /// <returns>False when somebody else has it now.</returns>
    private async Task<bool> ReopenAsync(long forgotten)
    {
        await _reopening.WaitAsync(_stop.Token);
        try
        {
            return _session != forgotten || (await OpenOnceAsync(startsAnew: false, after: 0)).IsAccepted;
        }
        finally
        {
            _reopening.Release();
        }
    }

    private readonly record struct Batch(Message[] Messages, long FirstSequence, long Bytes);
}
