using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Ingest;

/// <summary><c>POST /streamer/{channel}</c>: publishes one message, or a batch of lines, and answers once it is stored.</summary>
internal sealed class HttpPublish(IGrainFactory grains, IngestTotals totals, AnswerWatch watch, IOptions<IngestOptions> options, TimeProvider time)
{
    /// <summary>Largest batch, in bytes of body: a batch is stored whole or not at all, so it is held in memory.</summary>
    private const int MaxBatchBytes = 64 * 1024 * 1024;

    private static readonly string SequenceFault = string.Create(
        CultureInfo.InvariantCulture, $"publisher and sequence go together; sequence is a whole number from 1, and that of the last message is at most {PublishRequest.MaxSequence}.");

    public async Task HandleAsync(HttpContext context, ChannelName channel)
    {
        var type = context.Request.GetTypedHeaders().ContentType;
        var isBatch = Is(type, "application/x-ndjson");
        var isText = isBatch || type?.Type.Equals("text", StringComparison.OrdinalIgnoreCase) == true || Is(type, "application/json");
        if (!TryReadSequence(context.Request.Query, out var publisherId, out var sequence, out var error))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        var grain = grains.GetGrain<IChannelGrain>(channel.Value);
        var call = new PublishCall(options.Value, watch, time);
        var limit = isBatch ? MaxBatchBytes : (await UntilItAnswersAsync(call, grain.GetStateAsync, context.RequestAborted)).Settings.MaxMessageBytes;
        if (await ReadBodyAsync(context.Request.BodyReader, limit, context.RequestAborted) is not { } body)
        {
            await Problem.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, $"The body is larger than {limit} bytes.");
            return;
        }

        if (isText && !Utf8.IsValid(body))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The body is declared as text and is not valid UTF-8.");
            return;
        }

        var messages = ToMessages(body, isBatch, isText);
        if (messages.Length == 0)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The batch has no line with a message.");
            return;
        }

        if (!PublishRequest.AreSequences(sequence, messages.Length))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, SequenceFault);
            return;
        }

        var request = new PublishRequest { PublisherId = publisherId, FirstSequence = sequence, Messages = messages };
        var result = await UntilItAnswersAsync(call, () => call.AnswerAsync(grain.PublishAsync(request), context.RequestAborted), context.RequestAborted);
        if (result.Status == PublishStatus.Duplicate && !context.Request.Query.ContainsKey("sequence"))
        {
            // The name is this request's alone: what is stored already is an earlier try of it, whose answer was late.
            result = result with { Status = PublishStatus.Stored };
        }

        if (result.Status == PublishStatus.Stored)
        {
            totals.Add(messages.Length, messages.Sum(message => (long)message.Payload.Length));
        }

        await AnswerAsync(context, result, messages.Length);
    }

    /// <summary>Asks the channel again until it answers or has been out of reach for too long: a silo that dies takes its channels along for some seconds.</summary>
    private static async Task<T> UntilItAnswersAsync<T>(PublishCall call, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                return await ask();
            }
            catch (Exception exception) when (exception is not ArgumentException && !cancellationToken.IsCancellationRequested)
            {
                if (!await call.WaitAsync(cancellationToken))
                {
                    throw;
                }
            }
        }
    }

    private static Task AnswerAsync(HttpContext context, PublishResult result, int count) => result.Status switch
    {
        PublishStatus.Stored or PublishStatus.Duplicate => context.Response.WriteAsJsonAsync(
            new { epoch = result.Epoch, offset = result.LastOffset, count, duplicate = result.Status == PublishStatus.Duplicate }, context.RequestAborted),
        PublishStatus.TooLarge => Problem.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "A message is larger than the channel allows; nothing was stored."),
        _ => Problem.WriteAsync(context, StatusCodes.Status409Conflict,
            $"The sequence leaves something out: the last one stored is {result.LastSequence}. Nothing was stored."),
    };

    private static bool TryReadSequence(IQueryCollection query, out string publisherId, out long sequence, out string error)
    {
        (publisherId, sequence, error) = (query["publisher"].ToString(), 0, "");
        if (publisherId.Length == 0 && !query.ContainsKey("sequence"))
        {
            // A name for this request alone, so that it can be tried again without being stored twice.
            (publisherId, sequence) = ("http-" + Guid.NewGuid().ToString("N"), 1);
            return true;
        }

        if (PublisherStart.FaultOf(publisherId) is { } fault)
        {
            error = fault;
        }
        else if (!long.TryParse(query["sequence"], NumberStyles.None, CultureInfo.InvariantCulture, out sequence) || !PublishRequest.AreSequences(sequence, count: 1))
        {
            error = SequenceFault;
        }

        return error.Length == 0;
    }

    private Message[] ToMessages(byte[] body, bool isBatch, bool isText)
    {
        var at = time.GetUtcNow().ToUnixMicroseconds();
        if (!isBatch)
        {
            return [new Message { Kind = isText ? MessageKind.Text : MessageKind.Binary, Payload = body, PublishedAt = at }];
        }

        var messages = new List<Message>();
        foreach (var range in body.AsSpan().Split((byte)'\n'))
        {
            var line = body.AsMemory(range);
            line = line.Span.EndsWith("\r"u8) ? line[..^1] : line;
            if (line.Length > 0)
            {
                messages.Add(new Message { Kind = MessageKind.Text, Payload = line, PublishedAt = at });
            }
        }

        return [.. messages];
    }

    /// <returns>Null when the body is larger than the limit.</returns>
    private static async Task<byte[]?> ReadBodyAsync(PipeReader reader, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool Is(MediaTypeHeaderValue? type, string mediaType) =>
        type?.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase) ?? false;
}
