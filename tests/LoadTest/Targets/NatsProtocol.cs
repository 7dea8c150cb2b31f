using System.Buffers;
using System.Buffers.Text;
using System.Text;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Targets;

/// <summary>NATS over WebSocket: its text protocol as a stream of bytes, whatever frames they come in.</summary>
/// <remarks>
/// <code>
///   client: CONNECT {…}   SUB channel 1   PING            server: INFO {…}   PONG
///   client: PUB channel bytes                             server: MSG channel 1 bytes
///           payload                                               payload
/// </code>
/// Each line, and each payload, ends with CR LF. The PONG says that the subscription before the PING is there.
/// </remarks>
internal sealed class NatsProtocol : ITargetProtocol
{
    private const string Connect = "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false,\"name\":\"load\",\"lang\":\"csharp\",\"version\":\"1\"}\r\n";

    /// <inheritdoc/>
    public string Name => "nats";

    /// <inheritdoc/>
    public bool IsTextOnly => false;

    /// <inheritdoc/>
    public IConversation Begin(ConnectionSide side, string channel) =>
        new Conversation(Encoding.ASCII.GetBytes(Connect + (side == ConnectionSide.Viewer ? $"SUB {channel} 1\r\n" : "") + "PING\r\n"));

    /// <inheritdoc/>
    public Envelope EnvelopeOf(string channel, int payloadBytes) =>
        new(Encoding.ASCII.GetBytes($"PUB {channel} {payloadBytes}\r\n"), "\r\n"u8.ToArray(), Opcode.Binary);

    private sealed class Conversation(byte[] greeting) : IConversation
    {
        private readonly ArrayBufferWriter<byte> _kept = new();

        /// <inheritdoc/>
        public void Greet(LoadConnection connection) => connection.Say(Opcode.Binary, greeting);

        /// <inheritdoc/>
        public void Read(LoadConnection connection, ReadOnlySpan<byte> message, long at)
        {
            if (_kept.WrittenCount == 0)
            {
                // What is whole, and all but always all of it is, is not copied.
                _kept.Write(message[ReadWhole(connection, message, at)..]);
                return;
            }

            _kept.Write(message);
            var used = ReadWhole(connection, _kept.WrittenSpan, at);
            var rest = _kept.WrittenSpan[used..].ToArray();
            _kept.ResetWrittenCount();
            _kept.Write(rest);
        }

        /// <returns>How many bytes were whole lines and payloads.</returns>
        private static int ReadWhole(LoadConnection connection, ReadOnlySpan<byte> bytes, long at)
        {
            var used = 0;
            while (bytes[used..].IndexOf("\r\n"u8) is >= 0 and var end)
            {
                var line = bytes.Slice(used, end);
                var next = used + end + 2;
                if (line.StartsWith("MSG "u8))
                {
                    if (!Utf8Parser.TryParse(line[(line.LastIndexOf((byte)' ') + 1)..], out int length, out _))
                    {
                        connection.Break("sent a MSG without a length");
                        break;
                    }

                    if (bytes.Length < next + length + 2)
                    {
                        break;
                    }

                    connection.Deliver(Opcode.Binary, bytes.Slice(next, length), at);
                    next += length + 2;
                }
                else if (line.SequenceEqual("PONG"u8))
                {
                    connection.ServerIsReady();
                }
                else if (line.SequenceEqual("PING"u8))
                {
                    connection.Say(Opcode.Binary, "PONG\r\n"u8);
                }
                else if (line.StartsWith("-ERR"u8))
                {
                    connection.Break("said " + Encoding.ASCII.GetString(line));
                    break;
                }

                used = next;
            }

            return used;
        }
    }
}
