namespace OrleansRelay.Chaos.History;

/// <summary>Names a message by who published it under which sequence.</summary>
internal readonly record struct Key(string Publisher, long Sequence)
{
    public override string ToString() => $"{Publisher}#{Sequence}";
}

/// <summary>Which message is at which position, as far as any viewer has seen it.</summary>
internal sealed class ChannelLog
{
    private readonly Dictionary<Place, Key> _messages = [];
    private readonly Dictionary<long, long> _heads = [];

    /// <summary>How many positions are known.</summary>
    public int Count => _messages.Count;

    /// <summary>How many epochs had messages.</summary>
    public int Epochs => _heads.Count;

    /// <summary>Says what a viewer saw at a position.</summary>
    /// <returns>What another one saw there, if that is something else.</returns>
    public Key? Put(Place place, Key key)
    {
        if (_messages.TryAdd(place, key))
        {
            _heads[place.Epoch] = Math.Max(place.Offset, HeadOf(place.Epoch));
            return null;
        }

        return _messages[place] == key ? null : _messages[place];
    }

    /// <summary>What is at a position.</summary>
    public Key? Find(Place place) => _messages.TryGetValue(place, out var key) ? key : null;

    /// <summary>The newest offset of an epoch.</summary>
    public long HeadOf(long epoch) => _heads.GetValueOrDefault(epoch);

    /// <summary>All of it by position.</summary>
    public IEnumerable<(Place Place, Key Key)> InOrder() => _messages.OrderBy(message => message.Key).Select(message => (message.Key, message.Value));
}
