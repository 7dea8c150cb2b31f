using System.Text;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Targets;

/// <summary>SignalR's JSON hub protocol on a WebSocket without negotiation: records that end with the byte 1E, one or more in a message.</summary>
/// <remarks>
/// <code>
///   client: {"protocol":"json","version":1}                                               server: {}
///   client: {"type":1,"invocationId":"1","target":"Join","arguments":["channel"]}         server: {"type":3,"invocationId":"1",…}
///   client: {"type":1,"target":"Publish","arguments":["channel","payload"]}               server: {"type":1,"target":"m","arguments":["payload"]}
/// </code>
/// The hub is one that has Join and Publish and sends <c>m</c>: the benchmarks' own, or any that is written to these names.
/// </remarks>
internal sealed class SignalRProtocol : ITargetProtocol
{
    private const byte End = 0x1e;

    /// <inheritdoc/>
    public string Name => "signalr";

    /// <inheritdoc/>
    public bool IsTextOnly => true;

    /// <inheritdoc/>
    public IConversation Begin(ConnectionSide side, string channel) => new Conversation(side, channel);

    /// <inheritdoc/>
    public Envelope EnvelopeOf(string channel, int payloadBytes) =>
        new(Encoding.UTF8.GetBytes($"{{\"type\":1,\"target\":\"Publish\",\"arguments\":[\"{channel}\",\""), [.. "\"]}"u8, End], Opcode.Text);

    private sealed class Conversation(ConnectionSide side, string channel) : IConversation
    {
        // Known to the byte, because a parser for each of a million deliveries a second would be measured as the relay's.
        private static ReadOnlySpan<byte> Before => "{\"type\":1,\"target\":\"m\",\"arguments\":[\""u8;

        private static ReadOnlySpan<byte> After => "\"]}"u8;

        private bool _isGreeted;

        /// <inheritdoc/>
        public void Greet(LoadConnection connection) => connection.Say(Opcode.Text, [.. "{\"protocol\":\"json\",\"version\":1}"u8, End]);

        /// <inheritdoc/>
        public void Read(LoadConnection connection, ReadOnlySpan<byte> message, long at)
        {
            while (message.IndexOf(End) is >= 0 and var end)
            {
                ReadRecord(connection, message[..end], at);
                message = message[(end + 1)..];
            }
        }

        private void ReadRecord(LoadConnection connection, ReadOnlySpan<byte> record, long at)
        {
            if (record.StartsWith(Before) && record.EndsWith(After))
            {
                connection.Deliver(Opcode.Text, record[Before.Length..^After.Length], at);
            }
            else if (!_isGreeted)
            {
                OnGreeted(connection, record);
            }
            else if (record.StartsWith("{\"type\":3,\"invocationId\":\"1\""u8))
            {
                if (record.IndexOf("\"error\""u8) >= 0)
                {
                    connection.Break("refused Join: " + Encoding.UTF8.GetString(record));
                    return;
                }

                connection.ServerIsReady();
            }
            else if (record.StartsWith("{\"type\":7"u8))
            {
                connection.Break("closed: " + Encoding.UTF8.GetString(record));
            }
        }

        private void OnGreeted(LoadConnection connection, ReadOnlySpan<byte> record)
        {
            if (!record.SequenceEqual("{}"u8))
            {
                connection.Break("refused the handshake: " + Encoding.UTF8.GetString(record));
                return;
            }

            _isGreeted = true;
            if (side == ConnectionSide.Publisher)
            {
                connection.ServerIsReady();
                return;
            }

            connection.Say(Opcode.Text, [.. Encoding.UTF8.GetBytes($"{{\"type\":1,\"invocationId\":\"1\",\"target\":\"Join\",\"arguments\":[\"{channel}\"]}}"), End]);
        }
    }
}
