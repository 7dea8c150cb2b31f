using System.Buffers.Binary;
using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>A channel's buffer as it is stored on a graceful stop, so that the channel comes back with the same epoch.</summary>
/// <remarks>
/// It is taken out of the storage before the channel goes on. A crash after that finds none and begins a new epoch: an old buffer under
/// the same epoch would give the same offsets to other messages.
/// </remarks>
[GenerateSerializer, Alias("relay.stored-buffer")]
public sealed class StoredBuffer
{
    /// <summary>The name of the state, in the channel's own name.</summary>
    public const string StateName = "buffer";

    private const int HeaderBytes = 1 + 8 + 8 + 4;

    /// <summary>The epoch.</summary>
    [Id(0)]
    public long Epoch { get; set; }

    /// <summary>The newest offset given out.</summary>
    [Id(1)]
    public long Head { get; set; }

    /// <summary>The messages up to the head, packed: kind, time, sender, length, payload, one after another.</summary>
    [Id(2)]
    public byte[] Messages { get; set; } = [];

    /// <summary>What was stored of each publisher.</summary>
    [Id(3)]
    public PublisherLine[] Publishers { get; set; } = [];

    /// <summary>Everything that a channel holds.</summary>
    internal static StoredBuffer Of(long epoch, HistoryRing history, PublisherLedger ledger) => new()
    {
        Epoch = epoch,
        Head = history.Head,
        Messages = Pack(history),
        Publishers = [.. ledger.Lines],
    };

    /// <summary>Fills an empty history and ledger.</summary>
    /// <exception cref="InvalidDataException">The bytes end in the middle of a message; nothing was filled.</exception>
    internal void CopyTo(HistoryRing history, PublisherLedger ledger)
    {
        var messages = Unpack(Messages).ToArray();
        history.StartAt(Head - messages.Length);
        foreach (var message in messages)
        {
            history.Append(message);
        }

        foreach (var line in Publishers)
        {
            ledger.Write(line);
        }
    }

    /// <summary>Packs a history, page by page: what is read of it is a copy.</summary>
    /// <remarks>One array of bytes instead of a list: a storage that writes JSON would otherwise spend 60 bytes of names on each message.</remarks>
    private static byte[] Pack(HistoryRing history)
    {
        var packed = new byte[history.Bytes + (history.Count * (long)HeaderBytes)];
        var rest = packed.AsSpan();
        for (var next = history.FirstHeld; next <= history.Head;)
        {
            var page = history.Read(next, history.Head, HistoryPage.MaxMessages, HistoryPage.MaxBytes, out _);
            foreach (ref readonly var message in page.AsSpan())
            {
                rest[0] = (byte)message.Kind;
                BinaryPrimitives.WriteInt64LittleEndian(rest[1..], message.PublishedAt);
                BinaryPrimitives.WriteInt64LittleEndian(rest[9..], message.Sender);
                BinaryPrimitives.WriteInt32LittleEndian(rest[17..], message.Payload.Length);
                message.Payload.Span.CopyTo(rest[HeaderBytes..]);
                rest = rest[(HeaderBytes + message.Payload.Length)..];
            }

            next += page.Length;
        }

        return packed;
    }

    /// <summary>Unpacks what <see cref="Messages"/> has.</summary>
    /// <exception cref="InvalidDataException">The bytes end in the middle of a message.</exception>
    internal static IEnumerable<Message> Unpack(ReadOnlyMemory<byte> packed)
    {
        while (packed.Length > 0)
        {
            // Compared as unsigned, so that a negative length is too long as well.
            if (packed.Length < HeaderBytes || (uint)(packed.Length - HeaderBytes) < BinaryPrimitives.ReadUInt32LittleEndian(packed.Span[17..]))
            {
                throw new InvalidDataException("A stored buffer ends in the middle of a message.");
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(packed.Span[17..]);
            yield return new Message
            {
                Kind = (MessageKind)packed.Span[0],
                PublishedAt = BinaryPrimitives.ReadInt64LittleEndian(packed.Span[1..]),
                Sender = BinaryPrimitives.ReadInt64LittleEndian(packed.Span[9..]),
                Payload = packed.Slice(HeaderBytes, length),
            };
            packed = packed[(HeaderBytes + length)..];
        }
    }
}
