using OrleansRelay.Channels;

namespace OrleansRelay.Local;

/// <summary>One channel as this process has it: its activation, if that is here, and those here who follow it.</summary>
public sealed class LocalChannel(ChannelName name)
{
    private IChannelFollower[] _followers = [];
    private IHostedChannel? _host;

    /// <summary>The channel's name.</summary>
    public ChannelName Name => name;

    /// <summary>The activation; null when it is in another process, or asleep.</summary>
    public IHostedChannel? Host => Volatile.Read(ref _host);

    /// <summary>Hands a batch to every follower. The caller holds the channel's lock, which keeps the order.</summary>
    public void Enqueue(ChannelBatch batch)
    {
        foreach (var follower in Volatile.Read(ref _followers))
        {
            follower.Enqueue(batch);
        }
    }

    /// <summary>Has every follower work on what was enqueued. The caller has released the channel's lock.</summary>
    public void Run(bool mayUseThread)
    {
        foreach (var follower in Volatile.Read(ref _followers))
        {
            follower.Run(mayUseThread);
        }
    }

    /// <summary>Whether the channel has neither an activation nor followers here.</summary>
    internal bool IsUnused => _host is null && _followers.Length == 0;

    internal void Add(IChannelFollower follower) => Volatile.Write(ref _followers, [.. _followers, follower]);

    internal void Remove(IChannelFollower follower) => Volatile.Write(ref _followers, [.. _followers.Where(other => other != follower)]);

    internal void SetHost(IHostedChannel? host)
    {
        Volatile.Write(ref _host, host);
        foreach (var follower in _followers)
        {
            follower.HostChanged();
        }
    }
}
