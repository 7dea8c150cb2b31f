using System.Buffers;
using System.Text.Json;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Wire;

/// <summary>The notices of <c>relay.v1</c> and SSE as JSON: PROTOCOL.md, sections 4 and 5.</summary>
internal static class Notices
{
    public static byte[] Hello(ChannelState state, long next, bool? isRecovered, string? reason) => Write("hello", json =>
    {
        json.WriteString("channel", state.Channel);
        json.WriteNumber("epoch", state.Epoch);
        json.WriteNumber("next", next);
        json.WriteNumber("head", state.Head);
        json.WriteNumber("firstHeld", state.FirstHeld);

        // As the notices told it, so that what follows goes on from here: a lease that has just run out is told as an end within a second.
        json.WriteBoolean("live", state.Life.Version > 0 ? state.Life.IsLive : state.IsLive);
        if (isRecovered is { } recovered)
        {
            json.WriteBoolean("recovered", recovered);
        }

        if (reason is not null)
        {
            json.WriteString("reason", reason);
        }

        json.WriteString("title", state.Metadata.Title);
        json.WriteString("game", state.Metadata.Game);
    });

    public static byte[] Seam(Position last) => Write("seam", json => WritePosition(json, last));

    public static byte[] Gap(long epoch, long from, long to, string reason) => Write("gap", json =>
    {
        json.WriteNumber("epoch", epoch);
        json.WriteNumber("from", from);
        json.WriteNumber("to", to);
        json.WriteString("reason", reason);
    });

    public static byte[] Epoch(long epoch, long next) => Write("epoch", json =>
    {
        json.WriteNumber("epoch", epoch);
        json.WriteNumber("next", next);
    });

    /// <summary>What tells a viewer that knows one life of a channel of a later one. The last of it agrees with that.</summary>
    /// <param name="known">What it has been told.</param>
    /// <param name="life">What is so now.</param>
    /// <param name="head">Where the channel stands.</param>
    public static IEnumerable<byte[]> Changes(ChannelLife known, ChannelLife life, Position head)
    {
        if (life.Version <= known.Version)
        {
            yield break;
        }

        if (life.ResetVersion > known.Version)
        {
            yield return Started(head with { Offset = life.ResetAfter }, isReset: true);
        }
        else if (life.IsLive)
        {
            yield return Started(head, isReset: false);
        }

        if (!life.IsLive)
        {
            yield return Ended(head, life.IsLost);
        }
    }

    public static byte[] Started(Position head, bool isReset) => Write("started", json =>
    {
        WritePosition(json, head);
        json.WriteBoolean("reset", isReset);
    });

    public static byte[] Ended(Position head, bool isLost) => Write("ended", json =>
    {
        WritePosition(json, head);
        json.WriteString("reason", isLost ? "lost" : "ended");
    });

    public static byte[] Head(Position head) => Write("position", json => WritePosition(json, head));

    public static byte[] Close(CloseCode code) => Write("close", json =>
    {
        json.WriteNumber("code", code.Code);
        json.WriteString("reason", code.Reason);
        if (code.RetryMilliseconds > 0)
        {
            json.WriteNumber("retry", code.RetryMilliseconds);
        }
    });

    public static byte[] PublisherHello(ChannelState state, string publisherId, long lastSequence) => Write("hello", json =>
    {
        json.WriteString("channel", state.Channel);
        json.WriteNumber("epoch", state.Epoch);
        json.WriteNumber("head", state.Head);
        json.WriteString("publisher", publisherId);
        json.WriteNumber("lastSequence", lastSequence);
        json.WriteNumber("maxMessageBytes", state.Settings.MaxMessageBytes);
    });

    public static byte[] Ack(PublishResult result) => Write("ack", json =>
    {
        json.WriteNumber("sequence", result.LastSequence);
        json.WriteNumber("epoch", result.Epoch);
        json.WriteNumber("offset", result.LastOffset);
    });

    private static void WritePosition(Utf8JsonWriter json, Position position)
    {
        json.WriteNumber("epoch", position.Epoch);
        json.WriteNumber("offset", position.Offset);
    }

    private static byte[] Write(string type, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
