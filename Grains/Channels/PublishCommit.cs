using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>Publishes that are stored together: one write to the second copy, one batch on the stream.</summary>
/// <remarks>While one commit is on its way to the second copy the next one gathers, so the cost of that way is shared by all that waited.</remarks>
internal sealed class PublishCommit
{
    /// <summary>Messages after which a commit takes no further publish.</summary>
    private const int EnoughMessages = 1024;

    /// <summary>Bytes of payload after which a commit takes no further publish: half a millisecond between silos.</summary>
    private const int EnoughBytes = 512 * 1024;

    // Mostly there is one of each. A channel has one commit at a time, so it needs but one object for all of them.
    private readonly List<Part> _parts = new(1);
    private readonly List<PublisherLine> _lines = new(1);
    private int _messages;
    private long _bytes;

    /// <summary>The offset of the first message.</summary>
    public long FirstOffset { get; private set; }

    /// <summary>Whether there is nothing to store.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Whether the next publish has to wait for the next commit.</summary>
    public bool IsFull => _messages >= EnoughMessages || _bytes >= EnoughBytes;

    /// <summary>Whether one of the publishes came without a session.</summary>
    public bool FeedsChannel { get; private set; }

    /// <summary>What is stored of the publishers afterwards.</summary>
    public List<PublisherLine> Lines => _lines;

    /// <summary>Begins with nothing.</summary>
    public void Begin(long firstOffset)
    {
        Clear();
        FirstOffset = firstOffset;
    }

    /// <summary>What is stored of a publisher afterwards; null for one who has no part in it.</summary>
    public PublisherLine? Find(string publisherId) => IndexOf(publisherId) is >= 0 and var index ? _lines[index] : null;

    /// <summary>Takes a publish in.</summary>
    /// <param name="publish">The publish.</param>
    /// <param name="skip">How many of its messages are stored already.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public void Add(PendingPublish publish, int skip, long now)
    {
        var request = publish.Request;
        var messages = skip == 0 ? request.Messages : request.Messages[skip..];
        _messages += messages.Length;
        foreach (var message in messages)
        {
            _bytes += message.Payload.Length;
        }

        FeedsChannel |= request.Session == 0;
        PublisherLine? line = null;
        if (request.PublisherId.Length > 0)
        {
            line = PublisherLedger.LineAfter(request, FirstOffset + _messages - 1, now);
            if (IndexOf(line.PublisherId) is >= 0 and var former)
            {
                _lines.RemoveAt(former);
            }

            _lines.Add(line);
        }

        _parts.Add(new Part(publish, messages, FirstOffset + _messages - 1, line?.LastSequence ?? 0));
    }

    /// <summary>All messages in their order.</summary>
    public Message[] Messages()
    {
        // Mostly there is one publish; its messages are stored as they came.
        return _parts is [var only] ? only.Messages : [.. _parts.SelectMany(part => part.Messages)];
    }

    /// <summary>Tells everyone that it is stored.</summary>
    public void Answer(long epoch)
    {
        foreach (var part in _parts)
        {
            part.Publish.Answer(new PublishResult { Status = PublishStatus.Stored, Epoch = epoch, LastOffset = part.LastOffset, LastSequence = part.LastSequence });
        }

        Clear();
    }

    /// <summary>Tells everyone that it failed.</summary>
    public void Fail(Exception exception)
    {
        foreach (var part in _parts)
        {
            part.Publish.Fail(exception);
        }

        Clear();
    }

    /// <summary>A channel that is quiet holds nothing of its last messages here.</summary>
    private void Clear()
    {
        _parts.Clear();
        _lines.Clear();
        _messages = 0;
        _bytes = 0;
        FeedsChannel = false;
    }

    // A loop, like the others on a message's way: a lambda that captures is an object for each message.
    private int IndexOf(string publisherId)
    {
        for (var index = 0; index < _lines.Count; index++)
        {
            if (_lines[index].PublisherId == publisherId)
            {
                return index;
            }
        }

        return -1;
    }

    private readonly record struct Part(PendingPublish Publish, Message[] Messages, long LastOffset, long LastSequence);
}
