namespace OrleansRelay.Gateway.Hosting;

/// <summary>Threads that a process of a cluster has at once, without asking.</summary>
/// <remarks>
/// The pool begins with one thread a core and adds one each half second, none while the machine is busy. On two cores two blocked threads
/// are all: measured when PostgreSQL went away, and now and then in peace, a silo then answered nobody for 2 s, probes included, and every channel
/// stood still that had its buffer, its second copy or its route there. With 16 none paused for more than 0.3 s in the same run.
/// </remarks>
public static class ClusterThreads
{
    private const int AtOnce = 16;

    /// <summary>Raises the pool's lower bound; a higher one stays.</summary>
    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(AtOnce, workers), completions);
    }
}
