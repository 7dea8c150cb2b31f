namespace Orleans.Embedded;

/// <summary>One piece of work that waits for its turn on an activation: a call, a timer's tick, a stream's item.</summary>
internal abstract class Request
{
    /// <summary>Whether it may start while any other request awaits.</summary>
    public virtual bool Interleaves => false;

    /// <summary>Whether it counts as use of the grain.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>Whether nobody waits for its outcome any more, so that it need not start.</summary>
    public virtual bool IsExpired => false;

    /// <summary>Whether the next activation of the grain serves it when this one has ended.</summary>
    public virtual bool OutlivesActivation => true;

    /// <summary>Does the work; what it throws concerns only whoever sent it, so the returned task never fails.</summary>
    public abstract Task RunAsync(Activation activation);

    /// <summary>Tells whoever sent it that it will not run.</summary>
    public abstract void Reject(Exception exception);
}
