using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.Benchmarks.Peers;

/// <summary>Another maker's relay, for a comparison: how it is started on this machine, and how the load tester speaks to it.</summary>
internal interface IPeer
{
    /// <summary>Its name in <c>--peers</c>.</summary>
    string Name { get; }

    /// <summary>Its name in tables, as its makers write it.</summary>
    string Title { get; }

    /// <summary>What it needs and isn't there; null when it can be started.</summary>
    string? Missing();

    /// <summary>How to start it, in the foreground and in one process, so that its CPU is that process's.</summary>
    /// <param name="port">Where it must listen on 127.0.0.1.</param>
    /// <param name="directory">A scratch folder of its own.</param>
    Launch Start(int port, DirectoryInfo directory);
}
