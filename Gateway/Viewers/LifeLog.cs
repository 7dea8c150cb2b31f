using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>The lives of a channel as its log tells them, each with its place in the log. Not thread-safe: the audience guards it.</summary>
internal sealed class LifeLog
{
    /// <summary>How many lives are kept. A viewer that starts before the oldest one is treated as if it started there.</summary>
    private const int Kept = 32;

    private readonly Queue<(long Head, ChannelLife Life)> _lives = [];

    /// <summary>The life at the end of the log.</summary>
    public ChannelLife Now { get; private set; }

    /// <summary>The log tells another life from here on.</summary>
    /// <param name="life">The life.</param>
    /// <param name="head">The offset of the last message before it.</param>
    public void Add(ChannelLife life, long head)
    {
        Now = life;
        _lives.Enqueue((head, life));
        if (_lives.Count > Kept)
        {
            _lives.Dequeue();
        }
    }

    /// <summary>The log goes on in another epoch: places in the former one are void.</summary>
    public void BeginEpoch()
    {
        _lives.Clear();
        Add(Now with { ResetAfter = 0 }, head: 0);
    }

    /// <summary>The life just before a message.</summary>
    public ChannelLife Before(long offset)
    {
        var life = _lives.TryPeek(out var oldest) ? oldest.Life : Now;
        foreach (var (head, next) in _lives)
        {
            if (head < offset)
            {
                life = next;
            }
        }

        return life;
    }
}
