using OrleansRelay.Channels;

namespace OrleansRelay.Local;

/// <summary>Takes the batches of a channel whose activation is in this process.</summary>
public interface IChannelFollower
{
    /// <summary>Takes a batch. Called in the channel's order with the channel's lock held: it only enqueues.</summary>
    void Enqueue(ChannelBatch batch);

    /// <summary>Works on what was enqueued. Called without the lock.</summary>
    /// <param name="mayUseThread">Whether the caller's thread may do the work; false on a grain's own thread.</param>
    void Run(bool mayUseThread);

    /// <summary>The channel's activation has come to this process or has left it.</summary>
    void HostChanged();
}
