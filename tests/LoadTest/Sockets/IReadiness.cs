using System.Net.Sockets;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>What a connection waits for, and what has come true.</summary>
[Flags]
internal enum Ready
{
    None = 0,
    Read = 1,
    Write = 2,

    /// <summary>The peer has gone; always told.</summary>
    Gone = 4,
}

/// <summary>Tells which of many sockets can be read or written.</summary>
internal interface IReadiness : IDisposable
{
    /// <summary>Begins to watch a socket, known by a number.</summary>
    void Add(int number, Socket socket, Ready interest);

    /// <summary>Watches it for something else.</summary>
    void Change(int number, Socket socket, Ready interest);

    /// <summary>Stops watching it; before it is closed.</summary>
    void Remove(int number, Socket socket);

    /// <summary>Waits until something is ready, at most for a time.</summary>
    /// <returns>What is ready; valid until the next call.</returns>
    ReadOnlySpan<(int Number, Ready Ready)> Wait(TimeSpan atMost);
}
