using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>Linux's epoll, level-triggered: one system call for up to 512 events, whatever the number of sockets.</summary>
/// <remarks>
/// <see cref="SocketAsyncEventArgs"/> was refused: its completions come on the thread pool or on the runtime's own epoll thread, where
/// a generator of one thread would need a lock for each delivery, and its own CPU couldn't be told from the pool's spinning.
/// </remarks>
internal sealed unsafe partial class EpollReadiness : IReadiness
{
    private const int MaxEvents = 512;
    private const uint In = 0x001, Out = 0x004, Error = 0x008, HangUp = 0x010, PeerClosed = 0x2000;
    private const int Interrupted = 4;
    private const int Insert = 1, Delete = 2, Modify = 3;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int NumberAt = EventBytes - 8;

    private readonly int _epoll;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * 16, pinned: true);
    private readonly (int, Ready)[] _ready = new (int, Ready)[MaxEvents];
    private bool _hasNanoseconds = true;

    public EpollReadiness()
    {
        _epoll = EpollCreate(0);
        ThrowIfFailed(_epoll);
    }

    /// <inheritdoc/>
    public void Add(int number, Socket socket, Ready interest) => Control(Insert, number, socket, interest);

    /// <inheritdoc/>
    public void Change(int number, Socket socket, Ready interest) => Control(Modify, number, socket, interest);

    /// <inheritdoc/>
    public void Remove(int number, Socket socket) => Control(Delete, number, socket, Ready.None);

    /// <inheritdoc/>
    public ReadOnlySpan<(int Number, Ready Ready)> Wait(TimeSpan atMost)
    {
        int count;
        fixed (byte* events = _events)
        {
            count = WaitOnce(events, atMost < TimeSpan.Zero ? TimeSpan.Zero : atMost);
        }

        for (var index = 0; index < count; index++)
        {
            var one = _events.AsSpan(index * EventBytes, EventBytes);
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(one);
            _ready[index] = (BinaryPrimitives.ReadInt32LittleEndian(one[NumberAt..]),
                ((bits & In) != 0 ? Ready.Read : 0) | ((bits & Out) != 0 ? Ready.Write : 0) | ((bits & (Error | HangUp | PeerClosed)) != 0 ? Ready.Gone : 0));
        }

        return _ready.AsSpan(0, count);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_epoll);

    private int WaitOnce(byte* events, TimeSpan atMost)
    {
        if (_hasNanoseconds)
        {
            var time = stackalloc long[2] { (long)atMost.TotalSeconds, atMost.Ticks % TimeSpan.TicksPerSecond * 100 };
            try
            {
                var found = EpollWaitNanoseconds(_epoll, events, MaxEvents, time, null);
                if (found >= 0)
                {
                    return found;
                }
            }
            catch (EntryPointNotFoundException)
            {
                // An older C library: milliseconds, rounded down, and so turning round for the last of them.
            }

            _hasNanoseconds = Marshal.GetLastPInvokeError() == Interrupted;
        }

        return Math.Max(0, EpollWait(_epoll, events, MaxEvents, (int)atMost.TotalMilliseconds));
    }

    private void Control(int operation, int number, Socket socket, Ready interest)
    {
        var one = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(one, 4),
            ((interest & Ready.Read) != 0 ? In : 0) | ((interest & Ready.Write) != 0 ? Out : 0) | PeerClosed);
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(one + NumberAt, 8), number);
        ThrowIfFailed(EpollControl(_epoll, operation, (int)socket.Handle, one));
    }

    private static void ThrowIfFailed(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int socket, byte* one);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, byte* events, int max, int milliseconds);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int EpollWaitNanoseconds(int epoll, byte* events, int max, long* time, void* signals);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
