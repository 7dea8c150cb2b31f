namespace OrleansRelay.Chaos.History;

/// <summary>Holds what publishers and viewers saw of a channel against what the relay promises. Pure: a history in, findings out.</summary>
/// <remarks>
/// What is true is taken from the viewers themselves: the first one that saw a position says which message is there, every other one must
/// agree. From that and from each viewer's own order follow all rules; each is a method here or of <see cref="ViewerCheck"/>.
/// </remarks>
/// <param name="heldAtLeast">So many of the newest messages the channel always holds: one of them can't have expired.</param>
internal sealed class HistoryChecker(long heldAtLeast)
{
    /// <summary>Checks one channel.</summary>
    public ChannelVerdict Check(ChannelHistory history)
    {
        var findings = new FindingList(history.Channel);
        var published = history.Publishers.ToDictionary(publisher => publisher.Publisher, publisher => publisher.Events.OfType<MessagePublished>().Count());
        var log = new ChannelLog();
        foreach (var message in history.Viewers.SelectMany(viewer => viewer.Events.OfType<MessageSeen>()).Where(message => message.IsIntact))
        {
            log.Put(message.Place, new Key(message.Publisher, message.Sequence));
        }

        var views = new List<ViewerCheck>();
        foreach (var viewer in history.Viewers)
        {
            var view = new ViewerCheck(viewer.Viewer, log, findings, heldAtLeast);
            view.Check(viewer.Events);
            views.Add(view);
        }

        CheckStoredOrder(log, published, findings);
        var acknowledged = history.Publishers.ToDictionary(publisher => publisher.Publisher, publisher => CheckPublisher(publisher, log, findings));
        foreach (var view in views)
        {
            CheckDelivered(view, acknowledged, findings);
        }

        return new ChannelVerdict
        {
            Channel = history.Channel,
            Published = published.Values.Sum(),
            Acknowledged = acknowledged.Values.Sum(),
            Stored = log.Count,
            DeliveredToEachViewer = views.ToDictionary(view => view.Viewer, view => (long)view.Seen.Count),
            Epochs = log.Epochs,
            Findings = findings.All,
        };
    }

    /// <summary>Each message once, each publisher's in its own order, and none that nobody published.</summary>
    private static void CheckStoredOrder(ChannelLog log, Dictionary<string, int> published, FindingList findings)
    {
        var last = new Dictionary<string, (long Sequence, Place Place)>();
        var places = new Dictionary<Key, Place>();
        foreach (var (place, key) in log.InOrder())
        {
            if (!published.TryGetValue(key.Publisher, out var count) || key.Sequence < 1 || key.Sequence > count)
            {
                findings.Add(Rule.NeverPublished, "the channel", $"{key} at {place}");
                continue;
            }

            if (!places.TryAdd(key, place))
            {
                findings.Add(Rule.Duplicate, "the channel", $"{key} is stored at {places[key]} and at {place}");
                continue;
            }

            if (last.TryGetValue(key.Publisher, out var former) && key.Sequence < former.Sequence)
            {
                findings.Add(Rule.Reordered, "the channel", $"{key} at {place} comes after sequence {former.Sequence} at {former.Place}");
            }

            last[key.Publisher] = (key.Sequence, place);
        }
    }

    /// <summary>What a publisher was told must have been true when it was told.</summary>
    /// <returns>The newest sequence that was acknowledged.</returns>
    private static long CheckPublisher(PublisherHistory publisher, ChannelLog log, FindingList findings)
    {
        long published = 0, acknowledged = 0;
        foreach (var happened in publisher.Events)
        {
            switch (happened)
            {
                case MessagePublished message:
                    published = message.Sequence;
                    break;
                case PublisherJoined hello when hello.LastSequence < acknowledged:
                    findings.Add(Rule.AcknowledgedLost, publisher.Publisher, $"hello at {hello.At} µs knows {hello.LastSequence}, {acknowledged} was acknowledged");
                    break;
                case PublisherJoined hello:
                    acknowledged = hello.LastSequence;
                    break;
                case AckTold ack:
                    if (ack.Sequence > published || (log.Find(ack.Place) is { } stored && stored != new Key(publisher.Publisher, ack.Sequence)))
                    {
                        findings.Add(Rule.FalseAck, publisher.Publisher, $"sequence {ack.Sequence} at {ack.Place}, where {log.Find(ack.Place)?.ToString() ?? "nothing"} is");
                    }

                    acknowledged = Math.Max(acknowledged, ack.Sequence);
                    break;
                case PublisherLeft left when CloseCodes.IsFinal(left.Code):
                    findings.Add(Rule.WrongClose, publisher.Publisher, $"was closed with {left.Code} at {left.At} µs, though it did nothing wrong");
                    break;
            }
        }

        if (acknowledged < published)
        {
            findings.Add(Rule.NeverAcknowledged, publisher.Publisher, $"{acknowledged + 1}..{published}");
        }

        return acknowledged;
    }

    private static void CheckDelivered(ViewerCheck view, Dictionary<string, long> acknowledged, FindingList findings)
    {
        foreach (var (publisher, newest) in acknowledged)
        {
            for (long sequence = 1; sequence <= newest; sequence++)
            {
                var key = new Key(publisher, sequence);
                if (!view.Seen.Contains(key))
                {
                    findings.Add(Rule.AcknowledgedLost, view.Viewer, $"never saw {key}");
                }
            }
        }
    }
}
