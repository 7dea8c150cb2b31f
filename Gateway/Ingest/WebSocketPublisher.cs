using System.Net.WebSockets;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>Reads one publisher's WebSocket into its session until either side ends it: pushed to us, or dialled back by us.</summary>
internal sealed partial class WebSocketPublisher(GatewayDrain drain, GatewayMetrics metrics, IOptions<IngestOptions> options, TimeProvider time, ILogger<WebSocketPublisher> logger)
{
    /// <summary>Reads until the end.</summary>
    /// <param name="socket">The open WebSocket.</param>
    /// <param name="session">The open session.</param>
    /// <param name="opened">The channel's answer when it was opened.</param>
    /// <param name="isV1">Whether the publisher speaks relay.v1.</param>
    /// <param name="meter">Bounds what is inflated of what it sends; null when nothing is.</param>
    /// <param name="frames">What the WebSocket reads, where it is the socket itself; null otherwise.</param>
    /// <param name="cancellationToken">Cancelled when the connection is gone.</param>
    /// <returns>How it ended: the relay's own code, or <see cref="CloseCode.Normal"/> when the publisher closed; null when the connection broke.</returns>
    public async Task<CloseCode?> RunAsync(WebSocket socket, PublisherSession session, PublisherOpened opened, bool isV1, InflateMeter? meter, FrameStream? frames, CancellationToken cancellationToken)
    {
        using var counted = metrics.Publisher();
        await using var acks = isV1 ? new AckWriter(socket, cancellationToken) : null;
        if (acks is not null)
        {
            session.Acknowledged = acks.Acknowledge;
            await acks.HelloAsync(opened.State, session.PublisherId, opened.LastSequence);
        }

        using var stopReading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopFrames = stopReading.Token.UnsafeRegister(static frames => ((FrameStream?)frames)?.Stop(), frames);
        var late = new TaskCompletionSource<CloseCode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var reader = new MessageReader(socket, options.Value.MessageWithin, time, () => late.TrySetResult(CloseCode.MessageUnfinished), meter, frames);
        var reading = ReadAllAsync(reader, session, opened.State.Settings.MaxMessageBytes, isV1, late, stopReading.Token);
        var first = await Task.WhenAny(reading, session.Ended, late.Task, drain.Begun);
        var code = first is Task<CloseCode?> known ? await known : CloseCode.RestartingSoon();

        // A publisher that is asked to come back may have sent more before it hears: that is read too, up to its answer.
        if (first != reading && code is { } toTell)
        {
            await CloseAsync(socket, acks, toTell);
            stopReading.CancelAfter(options.Value.CloseWithin);
            await reading;
        }

        await session.FinishAsync(isEnd: code == CloseCode.Normal);
        if (first == reading && code is { } answer)
        {
            await CloseAsync(socket, acks, answer);
            stopReading.CancelAfter(options.Value.CloseWithin);
            await reader.DiscardAsync(stopReading.Token);
        }

        return code;
    }

    private async Task<CloseCode?> ReadAllAsync(
        MessageReader reader, PublisherSession session, int maxBytes, bool isV1, TaskCompletionSource<CloseCode?> late, CancellationToken cancellationToken)
    {
        var limit = isV1 ? maxBytes + RelayV1Frame.PublisherHeaderBytes : maxBytes;
        await using var firstLate = time.CreateTimer(_ => late.TrySetResult(CloseCode.FirstMessageLate), null, options.Value.FirstMessageWithin, Timeout.InfiniteTimeSpan);
        try
        {
            for (var isFirst = true; ;)
            {
                // What the socket has ready goes to the channel in one call.
                var reading = reader.ReadAsync(limit, cancellationToken);
                if (!reading.IsCompleted)
                {
                    session.Flush();
                }

                var read = await reading;
                if (isFirst)
                {
                    isFirst = false;
                    firstLate.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                }

                switch (read.Outcome)
                {
                    case ReadOutcome.Closed:
                        return CloseCode.Normal;
                    case ReadOutcome.TooBig:
                        return CloseCode.TooBig;
                    default:
                        var message = new Message { Kind = read.Kind, Payload = read.Payload, PublishedAt = time.GetUtcNow().ToUnixMicroseconds() };
                        if (!isV1)
                        {
                            await session.GatherAsync(message);
                        }
                        else if (TryReadV1(ref message, out var sequence))
                        {
                            await session.GatherAsync(message, sequence);
                        }
                        else
                        {
                            return CloseCode.BadFrame;
                        }

                        break;
                }

                if (session.Ended.IsCompleted)
                {
                    return await session.Ended;
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Log.Broken(logger, session.Channel, exception.Message);
            return null;
        }
    }

    /// <summary>Takes relay.v1's header off a message.</summary>
    private static bool TryReadV1(ref Message message, out long sequence)
    {
        sequence = 0;
        if (message.Kind != MessageKind.Binary || !RelayV1Frame.TryReadPublisherHeader(message.Payload.Span, out var kind, out sequence))
        {
            return false;
        }

        message = message with { Kind = kind, Payload = message.Payload[RelayV1Frame.PublisherHeaderBytes..] };
        return kind != MessageKind.Text || Utf8.IsValid(message.Payload.Span);
    }

    private static async Task CloseAsync(WebSocket socket, AckWriter? acks, CloseCode code)
    {
        if (acks is not null)
        {
            await acks.FlushAsync();
        }

        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(code, CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException)
        {
            // It is gone, which is what closing it was for.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The connection of a publisher of {Channel} broke: {Why}", EventName = "PublisherBroken")]
        public static partial void Broken(ILogger logger, OrleansRelay.Channels.ChannelName channel, string why);
    }
}
