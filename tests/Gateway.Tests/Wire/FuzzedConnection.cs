using System.IO.Compression;
using System.Text;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>A client out of its mind: some good frames, some bad ones, then the bytes changed and cut. All of it follows from its seed.</summary>
internal sealed class FuzzedConnection(int seed, int number)
{
    /// <summary>Lengths around every border of the format and of the channel's largest message.</summary>
    private static readonly int[] Lengths = [0, 1, 2, 17, 18, 124, 125, 126, 127, 300, 4096, 65_535, 65_536, 65_537, 100_000];

    private static readonly string[] Extensions = ["permessage-deflate", "permessage-deflate; client_max_window_bits=9; server_max_window_bits=15", "permessage-deflate; x"];

    private readonly Random _random = new(HashCode(seed, number));

    /// <summary>Connects to one of the addresses, says all it has to say, and goes in one of the ways in which clients go.</summary>
    /// <returns>Once the relay has ended the connection, unless the client itself broke it.</returns>
    public async Task RunAsync(Uri relay, string[] paths)
    {
        var path = paths[_random.Next(paths.Length)];
        await using var socket = await RawSocket.ConnectAsync(relay);
        await socket.SendRequestAsync(path.Replace("{number}", $"{number}", StringComparison.Ordinal), Headers());
        if (await socket.ReadStatusAsync() is not 101 and var status)
        {
            throw new InvalidOperationException($"The relay answered {status} to the handshake.");
        }

        try
        {
            foreach (var packet in Packets())
            {
                await socket.SendAsync(packet);
            }

            switch (_random.Next(4))
            {
                case 0:
                    socket.Reset();
                    return;
                case 1:
                    await socket.SendFrameAsync(8, RawSocket.CloseWith(1000));
                    break;
                default:
                    break;
            }

            socket.EndSending();
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            // The relay has ended the connection while this was still talking.
        }

        await socket.ReadToEndAsync();
    }

    /// <summary>string.GetHashCode and System.HashCode differ from process to process, and a seed must mean the same in all.</summary>
    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) ^ (number * 7919));

    private Dictionary<string, string> Headers()
    {
        var headers = new Dictionary<string, string>(RawSocket.Handshake);
        if (_random.Next(2) == 0)
        {
            headers["Sec-WebSocket-Protocol"] = "relay.v1";
        }

        if (_random.Next(2) == 0)
        {
            headers["Sec-WebSocket-Extensions"] = Extensions[_random.Next(Extensions.Length)];
        }

        return headers;
    }

    /// <summary>The frames as bytes, changed or not, cut into packets anywhere.</summary>
    private IEnumerable<byte[]> Packets()
    {
        var bytes = Enumerable.Range(0, _random.Next(1, 20)).SelectMany(_ => Frame()).ToList();
        for (var changes = _random.Next(2) * _random.Next(1, 6); changes > 0; changes--)
        {
            Change(bytes);
        }

        for (var start = 0; start < bytes.Count;)
        {
            var length = Math.Min(bytes.Count - start, _random.Next(4) == 0 ? _random.Next(1, 20) : 64 * 1024);
            yield return [.. bytes.GetRange(start, length)];
            start += length;
        }
    }

    private byte[] Frame()
    {
        var isMad = _random.Next(20) == 0;
        var opcode = isMad ? _random.Next(16) : (int[])[1, 1, 2, 2, 2, 0, 0, 9, 10] is var usual ? usual[_random.Next(usual.Length)] : 0;
        var isControl = opcode >= 8;
        var isFinal = isControl ? !isMad : _random.Next(3) > 0;
        var (payload, isDeflated) = Payload(isControl && !isMad ? 125 : int.MaxValue);
        var reservedBits = isMad ? _random.Next(8) : isDeflated && opcode is 1 or 2 ? 4 : 0;
        return RawSocket.ToFrame(opcode, payload, isFinal, reservedBits, isMasked: _random.Next(100) > 0);
    }

    private (byte[] Bytes, bool IsDeflated) Payload(int atMost)
    {
        var length = Math.Min(atMost, _random.Next(3) == 0 ? Lengths[_random.Next(Lengths.Length)] : _random.Next(600));
        switch (_random.Next(5))
        {
            case 0:
                return (Noise(length), false);
            case 1:
                return (RelayV1.WritePublisherMessage(_random.Next(2) == 0, _random.Next(1, 4), Noise(length))[..Math.Min(atMost, length + 10)], false);
            case 2:
                return (Deflated(new byte[length * _random.Next(1, 50)], atMost), true);
            case 3:
                return (Deflated(Encoding.ASCII.GetBytes(new string('x', length)), atMost), true);
            default:
                return (Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("ä€😀", length / 9))), false);
        }
    }

    private static byte[] Deflated(byte[] bytes, int atMost)
    {
        var target = new MemoryStream();
        using var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(bytes);
        deflate.Flush();
        return target.Length < 4 ? [] : target.ToArray()[..(int)Math.Min(atMost, target.Length - 4)];
    }

    private void Change(List<byte> bytes)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        var at = _random.Next(bytes.Count);
        var length = Math.Min(bytes.Count - at, _random.Next(1, 40));
        switch (_random.Next(5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                bytes.InsertRange(at, Noise(length));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        _random.NextBytes(noise);
        return noise;
    }
}
