using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>One WebSocket client: connects, shakes hands, reads frames in place, answers pings, sends what its role reserves.</summary>
/// <remarks>
/// Reads go into the loop's shared buffer; only the beginning of a frame whose rest has not come yet is kept, in a pooled array.
/// So an idle connection holds nothing, and a delivery allocates nothing.
/// </remarks>
internal sealed partial class LoadConnection : IDisposable
{
    private const int LeastRead = 64 * 1024;

    private readonly EventLoop _loop;
    private readonly Connector _connector;
    private readonly IConnectionRole _role;
    private byte[]? _kept;
    private int _keptBytes;
    private ArrayBufferWriter<byte>? _fragments;
    private Opcode _fragmentsOpcode;
    private byte[] _out = [];
    private int _outFrom;
    private int _outTo;
    private bool _isConnecting = true;
    private bool _isUpgraded;
    private bool _isOver;
    private bool _isPaused;
    private int _closeCode;
    private string _closeReason = "";

    /// <summary>Begins to connect.</summary>
    /// <param name="loop">Waits for it.</param>
    /// <param name="connector">Where to.</param>
    /// <param name="role">What it is for.</param>
    /// <param name="conversation">What it says beside payloads; null when each WebSocket message is one.</param>
    /// <param name="receiveBufferBytes">A small kernel buffer, for a viewer that is to be seen as slow.</param>
    public LoadConnection(EventLoop loop, Connector connector, IConnectionRole role, IConversation? conversation = null, int? receiveBufferBytes = null)
    {
        (_loop, _connector, _role, _conversation) = (loop, connector, role, conversation);
        StartedAt = EventLoop.Now;
        Socket = connector.Begin(receiveBufferBytes);
        _loop.Add(this, Ready.Write);
    }

    /// <summary>The socket; non-blocking.</summary>
    public Socket Socket { get; }

    /// <summary>Its number in the loop.</summary>
    public int Number { get; set; }

    /// <summary>When it began to connect.</summary>
    public long StartedAt { get; }

    /// <summary>Whether the handshake is done, the server ready for what it is for, and the connection up.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether the handshake was ever done.</summary>
    public bool WasOpen { get; private set; }

    /// <summary>Bytes that wait to be sent.</summary>
    public int WaitingBytes => _outTo - _outFrom;

    /// <summary>Room for bytes to send; <see cref="Flush"/> sends them.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_outTo + bytes > _out.Length)
        {
            var larger = WaitingBytes + bytes > _out.Length ? new byte[Math.Max(4096, 2 * (WaitingBytes + bytes))] : _out;
            _out.AsSpan(_outFrom.._outTo).CopyTo(larger);
            (_out, _outTo, _outFrom) = (larger, WaitingBytes, 0);
        }

        _outTo += bytes;
        return _out.AsSpan(_outTo - bytes, bytes);
    }

    /// <summary>Sends what was reserved, as far as the socket takes it.</summary>
    public void Flush()
    {
        if (_isOver || _isConnecting || WaitingBytes == 0)
        {
            return;
        }

        var sent = Socket.Send(_out.AsSpan(_outFrom.._outTo), SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            End(new ConnectionEnd(false, 0, $"send failed: {error}"));
            return;
        }

        _outFrom += Math.Max(0, sent);
        if (WaitingBytes == 0)
        {
            (_outFrom, _outTo) = (0, 0);
        }
        else
        {
            _loop.Change(this, Interest | Ready.Write);
        }
    }

    /// <summary>Stops reading, so that the server's sends run into a full socket.</summary>
    public void Pause()
    {
        _isPaused = true;
        _loop.Change(this, Interest);
    }

    /// <summary>Says goodbye and closes.</summary>
    public void Close()
    {
        if (IsOpen && !_isOver)
        {
            Span<byte> normal = [0x03, 0xE8];
            ClientFrame.Write(Reserve(ClientFrame.HeaderBytes(2) + 2), Opcode.Close, normal);
            Flush();
        }

        End(new ConnectionEnd(true, 0, "closed by us"));
    }

    /// <summary>Something has come true of the socket.</summary>
    public void OnReady(Ready ready)
    {
        if (_isConnecting && (ready & (Ready.Write | Ready.Gone)) != 0)
        {
            OnConnected();
        }
        else if ((ready & Ready.Write) != 0)
        {
            _loop.Change(this, Interest);
            Flush();
        }

        if (!_isOver && (ready & Ready.Read) != 0)
        {
            Read();
        }
        else if (!_isOver && (ready & Ready.Gone) != 0)
        {
            End(new ConnectionEnd(false, 0, "cut off"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End(new ConnectionEnd(true, 0, "closed by us"));

    private Ready Interest => _isPaused ? Ready.None : Ready.Read;

    private void OnConnected()
    {
        if (Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int and not 0)
        {
            End(new ConnectionEnd(false, 0, "refused"));
            return;
        }

        _isConnecting = false;
        _loop.Change(this, Interest);
        _connector.Request.CopyTo(Reserve(_connector.Request.Length));
        Flush();
    }

    private void Read()
    {
        // 1. What was kept goes before what comes, so that a frame is always read in one piece.
        var buffer = _loop.Buffer(_keptBytes + LeastRead);
        if (_kept is not null)
        {
            buffer = _loop.Buffer(Math.Max(_keptBytes + LeastRead, NeededBytes()));
            _kept.AsSpan(0, _keptBytes).CopyTo(buffer);
        }

        var received = Socket.Receive(buffer.AsSpan(_keptBytes), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success || received == 0)
        {
            End(new ConnectionEnd(false, _closeCode, _closeCode != 0 ? $"closed with {_closeCode} {_closeReason}".TrimEnd() : received == 0 && error == SocketError.Success ? "closed without a code" : $"{error}"));
            return;
        }

        // 2. One time for all that came with one read: a clock read for each of 10 million messages a second would be a quarter of a core.
        var at = EventLoop.Now;
        var bytes = buffer.AsSpan(0, _keptBytes + received);
        var used = _isUpgraded ? 0 : TryOpen(bytes);
        used = _isUpgraded ? used + ReadFrames(bytes[used..], at) : used;
        Keep(_isOver ? default : bytes[used..]);
    }

    private int NeededBytes() => _isUpgraded && ServerFrame.TryRead(_kept.AsSpan(0, _keptBytes), out var frame) == ReadOutcome.Header ? frame.Bytes + LeastRead : 0;

    private int TryOpen(ReadOnlySpan<byte> bytes)
    {
        if (!Handshake.TryRead(bytes, out var used, out var error))
        {
            return 0;
        }

        if (error is not null)
        {
            End(new ConnectionEnd(false, 0, error));
            return 0;
        }

        _isUpgraded = true;
        if (_conversation is null)
        {
            ServerIsReady();
        }
        else
        {
            _conversation.Greet(this);
        }

        return used;
    }

    private int ReadFrames(ReadOnlySpan<byte> bytes, long at)
    {
        var used = 0;
        while (!_isOver)
        {
            var rest = bytes[used..];
            var outcome = ServerFrame.TryRead(rest, out var frame);
            if (outcome == ReadOutcome.Broken)
            {
                End(new ConnectionEnd(false, 0, "sent a frame that no server may send"));
                break;
            }

            if (outcome == ReadOutcome.NeedMore || frame.Bytes > rest.Length)
            {
                break;
            }

            OnFrame(frame, rest.Slice(frame.HeaderBytes, frame.PayloadBytes), at);
            used += frame.Bytes;
        }

        return used;
    }

    private void OnFrame(in ServerFrame frame, ReadOnlySpan<byte> payload, long at)
    {
        switch (frame.Opcode)
        {
            case Opcode.Text or Opcode.Binary when frame.IsFinal:
                OnMessage(frame.Opcode, payload, at);
                break;
            case Opcode.Text or Opcode.Binary or Opcode.Continuation:
                OnFragment(frame, payload, at);
                break;
            case Opcode.Ping:
                ClientFrame.Write(Reserve(ClientFrame.HeaderBytes(payload.Length) + payload.Length), Opcode.Pong, payload);
                Flush();
                break;
            case Opcode.Close:
                _closeCode = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005;
                _closeReason = payload.Length > 2 ? Encoding.UTF8.GetString(payload[2..]) : "";
                ClientFrame.Write(Reserve(ClientFrame.HeaderBytes(payload.Length) + payload.Length), Opcode.Close, payload);
                Flush();
                break;
            default:
                break;
        }
    }

    private void OnFragment(in ServerFrame frame, ReadOnlySpan<byte> payload, long at)
    {
        _fragmentsOpcode = frame.Opcode == Opcode.Continuation ? _fragmentsOpcode : frame.Opcode;
        _fragments ??= new ArrayBufferWriter<byte>();
        _fragments.Write(payload);
        if (frame.IsFinal)
        {
            OnMessage(_fragmentsOpcode, _fragments.WrittenSpan, at);
            _fragments.ResetWrittenCount();
        }
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (_kept is not null && (rest.Length == 0 || rest.Length > _kept.Length))
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = null;
        }

        if (rest.Length > 0)
        {
            _kept ??= ArrayPool<byte>.Shared.Rent(rest.Length);
            rest.CopyTo(_kept);
        }

        _keptBytes = rest.Length;
    }

    private void End(ConnectionEnd end)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        IsOpen = false;
        _loop.Remove(this);
        Socket.Dispose();
        Keep(default);
        _role.Closed(this, end);
    }
}
