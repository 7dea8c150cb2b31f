using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Memory whose pages the kernel sends as they are, to any number of sockets: a file that is nowhere but in memory (memfd).</summary>
/// <remarks>
/// An ordinary send copies the bytes for each viewer; this one hands the same pages to all. What was sent may be read by its receivers long
/// after: so nothing in it is overwritten and it isn't used again. The kernel frees a page when the last of them has read it.
/// Whoever wants the bytes themselves (a viewer that the rest of a frame waits for, TLS) has them mapped, at the first time.
/// They count as the process's memory where a container's is limited.
/// </remarks>
internal sealed unsafe partial class MemoryFile : MemoryManager<byte>
{
    private const uint CloseOnExec = 1;
    private const int Readable = 1, Shared = 1;

    private readonly SafeFileHandle _file;
    private readonly int _length;
    private Mapping? _mapping;

    private MemoryFile(SafeFileHandle file, int length) => (_file, _length) = (file, length);

    /// <inheritdoc/>
    public override Memory<byte> Memory => CreateMemory(_length);

    /// <summary>Makes one.</summary>
    /// <returns>Null where the system has none, or has none left: ordinary memory does the same at a higher price.</returns>
    public static MemoryFile? TryCreate(int length)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return null;
        }

        try
        {
            var file = new SafeFileHandle(Create("frames", CloseOnExec), ownsHandle: true);
            if (!file.IsInvalid)
            {
                return new MemoryFile(file, length);
            }

            file.Dispose();
        }
        catch (EntryPointNotFoundException)
        {
            // A C library that is older than memory files.
        }

        return null;
    }

    /// <summary>Writes bytes where they stay.</summary>
    public void Write(ReadOnlySpan<byte> bytes, int start) => RandomAccess.Write(_file, bytes, start);

    /// <summary>Sends some of it at once, as much as the socket takes.</summary>
    /// <returns>Bytes sent; negative when the socket takes none, or not from here: an ordinary send then says why.</returns>
    public int TrySend(Socket socket, int start, int length)
    {
        long from = start;
        return (int)SendFile(socket.SafeHandle, _file, ref from, length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(Map().Address, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(Map().Address + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Lets go of it. What has been sent is still read.</summary>
    public void Close() => ((IDisposable)this).Dispose();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _mapping?.Dispose();
        _file.Dispose();
    }

    /// <summary>Several viewers' threads may be the first; all but one let go of theirs.</summary>
    private Mapping Map()
    {
        if (Volatile.Read(ref _mapping) is { } mapping)
        {
            ObjectDisposedException.ThrowIf(mapping.IsClosed, this);
            return mapping;
        }

        var mine = new Mapping(Map(0, _length, Readable, Shared, _file, 0), _length);
        if (mine.IsInvalid)
        {
            throw new InsufficientMemoryException("The system has no memory to map a frame's pages.");
        }

        if (Interlocked.CompareExchange(ref _mapping, mine, null) is { } former)
        {
            mine.Dispose();
            return former;
        }

        return mine;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Create(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "sendfile")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SendFile(SafeSocketHandle socket, SafeFileHandle file, ref long offset, nint length);

    /// <summary>The pages where this process sees them.</summary>
    private sealed class Mapping : SafeHandleZeroOrMinusOneIsInvalid
    {
        private readonly int _length;

        public Mapping(nint address, int length)
            : base(ownsHandle: true)
        {
            SetHandle(address);
            _length = length;
        }

        public byte* Address => (byte*)handle;

        protected override bool ReleaseHandle() => Unmap(handle, _length) == 0;
    }
}
