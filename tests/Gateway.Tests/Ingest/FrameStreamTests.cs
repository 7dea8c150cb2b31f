using System.Text;

namespace OrleansRelay.Gateway.Tests.Ingest;

/// <summary>Whatever a publisher's bytes are cut into on their way, the same messages come of them: those that are taken from the socket, and those that the WebSocket reads in between.</summary>
public sealed class FrameStreamTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private const int Text = 1, Binary = 2, Continuation = 0, Ping = 9, Close = 8;

    /// <summary>Around every border: of the header's lengths, of the small buffer, of the large one, and of what is believed.</summary>
    private static readonly int[] Sizes = [0, 1, 125, 126, 1015, 1016, 1017, 1018, 1024, 4000, 65521, 65522, 65523, 65535, 65536, 81920, 262144, 262145, 600_000, 600_001];

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 3000)]
    [InlineData(3, 70_000)]
    [InlineData(4, 1_000_000)]
    public async Task TheSameMessagesComeOfEveryCut(int seed, int longestPiece)
    {
        var random = new Random(seed);
        var sizes = Sizes.Concat(Sizes).Where(size => size < 600 * (long)longestPiece).OrderBy(_ => random.Next()).ToArray();
        var (wire, messages) = (new MemoryStream(), new List<byte[]>());
        foreach (var size in sizes)
        {
            var payload = new byte[size];
            random.NextBytes(payload);
            var isText = random.Next(2) == 0;
            if (isText)
            {
                payload = Encoding.ASCII.GetBytes(Convert.ToHexString(payload)[..size]);
            }

            messages.Add(payload);
            wire.Write(Frames(random, payload, isText));
        }

        wire.Write(RawSocket.ToFrame(Close, RawSocket.CloseWith(1000)));
        var channel = RelayHost.NewChannel();
        await using var socket = await RawSocket.UpgradeAsync(fixture.Relay.Address, "streamer/" + channel);

        for (ReadOnlyMemory<byte> rest = wire.ToArray(); rest.Length > 0;)
        {
            var piece = rest[..Math.Min(rest.Length, random.Next(1, longestPiece))];
            await socket.SendAsync(piece);
            rest = rest[piece.Length..];
        }

        Assert.Equal(1000, (await socket.ReadCloseAsync()).Code);
        Assert.Equal(messages.Select(Convert.ToHexString), await fixture.Relay.PayloadsAsync(channel));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(60_000)]
    [InlineData(200_000)]
    public async Task AMessageThatIsCutOffIsNone(int length)
    {
        var channel = RelayHost.NewChannel();
        await using var socket = await RawSocket.UpgradeAsync(fixture.Relay.Address, "streamer/" + channel);
        await socket.SendFrameAsync(Text, "whole"u8);

        await socket.SendAsync(RawSocket.ToFrame(Binary, new byte[length]).AsMemory(..(length / 2)));
        socket.EndSending();

        Assert.True(await socket.IsEndedAsync());
        Assert.Equal([Convert.ToHexString("whole"u8)], await fixture.Relay.PayloadsAsync(channel));
    }

    /// <summary>A message in one frame, or in fragments with pings before, between and after.</summary>
    private static byte[] Frames(Random random, byte[] payload, bool isText)
    {
        var opcode = isText ? Text : Binary;
        var cut = payload.Length / 3;
        return random.Next(4) switch
        {
            0 => [.. RawSocket.ToFrame(opcode, payload.AsSpan(..cut), isFinal: false), .. RawSocket.ToFrame(Ping, "between"u8), .. RawSocket.ToFrame(Continuation, payload.AsSpan(cut..))],
            1 => [.. RawSocket.ToFrame(Ping, "before"u8), .. RawSocket.ToFrame(opcode, payload), .. RawSocket.ToFrame(Ping, "after"u8)],
            _ => RawSocket.ToFrame(opcode, payload),
        };
    }
}
