using System.Text;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>A table of our own in the spirit of the Autobahn test suite: what each run of client frames comes to, on a publisher's and on a viewer's connection.</summary>
public sealed class FrameConformanceTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private const int Text = 1, Binary = 2, Continuation = 0, Close = 8, Ping = 9, Pong = 10;
    private const int ProtocolError = 1002, NotUtf8 = 1007, Normal = 1000;

    private static readonly Dictionary<string, Case> Cases = new()
    {
        // 1. Whole messages.
        ["text"] = Case.Says(["hi"], Frame(Text, "hi")),
        ["binary"] = Case.Says(["hi"], Frame(Binary, "hi")),
        ["empty text"] = Case.Says([""], Frame(Text, "")),
        ["empty binary"] = Case.Says([""], Frame(Binary, "")),
        ["length in 16 bits"] = Case.Says([new string('x', 126)], Frame(Text, new string('x', 126))),
        ["length in 64 bits"] = Case.Says([new string('x', 65536)], Frame(Text, new string('x', 65536))),
        ["several in one packet"] = Case.Says(["a", "", "c"], [.. Frame(Text, "a"), .. Frame(Text, ""), .. Frame(Text, "c")]),
        ["byte by byte"] = Case.Says(["hi"], [.. Frame(Text, "hi").Select(one => new[] { one })]),
        ["length in 16 bits where 7 would do"] = Case.Says(["hi"], [0x81, 0xfe, 0, 2, 0, 0, 0, 0, (byte)'h', (byte)'i']),
        ["length in 64 bits where 7 would do"] = Case.Says(["hi"], [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, (byte)'h', (byte)'i']),
        ["length in 64 bits where 16 would do"] = Case.Says([new string('\0', 126)], [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 126, 0, 0, 0, 0, .. new byte[126]]),
        ["length with its highest bit set"] = Case.Fails(ProtocolError, [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 0]),

        // 2. Fragments.
        ["two fragments"] = Case.Says(["abcd"], Frame(Text, "ab", isFinal: false), Frame(Continuation, "cd")),
        ["many fragments"] = Case.Says(["abcde"], Frame(Text, "a", isFinal: false), Frame(Continuation, "b", isFinal: false), Frame(Continuation, "cd", isFinal: false), Frame(Continuation, "e")),
        ["an empty first fragment"] = Case.Says(["ab"], Frame(Text, "", isFinal: false), Frame(Continuation, "ab")),
        ["an empty last fragment"] = Case.Says(["ab"], Frame(Text, "ab", isFinal: false), Frame(Continuation, "")),
        ["only empty fragments"] = Case.Says([""], Frame(Binary, "", isFinal: false), Frame(Continuation, "", isFinal: false), Frame(Continuation, "")),
        ["empty fragments, then another message"] = Case.Says(["", "x"], Frame(Text, "", isFinal: false), Frame(Continuation, ""), Frame(Text, "x")),
        ["a continuation of nothing"] = Case.Fails(ProtocolError, Frame(Continuation, "x")),
        ["a continuation after a whole message"] = Case.Fails(ProtocolError, Frame(Text, "a"), Frame(Continuation, "x")) with { Messages = ["a"] },
        ["a message within a message"] = Case.Fails(ProtocolError, Frame(Text, "a", isFinal: false), Frame(Text, "b")),
        ["a close within a message"] = Case.Fails(Normal, Frame(Text, "a", isFinal: false), Frame(Close, [3, 232])),

        // 3. Control frames.
        ["ping"] = Case.Answers(["", "abc"], Frame(Ping, ""), Frame(Ping, "abc")),
        ["a ping of 125 bytes"] = Case.Answers([new string('p', 125)], Frame(Ping, new string('p', 125))),
        ["a ping of 126 bytes"] = Case.Fails(ProtocolError, Frame(Ping, new string('p', 126))),
        ["a ping in fragments"] = Case.Fails(ProtocolError, Frame(Ping, "a", isFinal: false)),
        ["a pong in fragments"] = Case.Fails(ProtocolError, Frame(Pong, "a", isFinal: false)),
        ["a ping whose length stands in 16 bits"] = Case.Fails(ProtocolError, [0x89, 0xfe, 0, 126, 0, 0, 0, 0, .. new byte[126]]),
        ["pings in one packet are answered in order"] = Case.Answers(["1", "2", "3"], [.. Frame(Ping, "1"), .. Frame(Ping, "2"), .. Frame(Ping, "3")]),
        ["a pong that nobody asked for"] = Case.Says([], Frame(Pong, "abc")),
        ["a pong of 126 bytes"] = Case.Fails(ProtocolError, Frame(Pong, new string('p', 126))),
        ["control frames between fragments"] = Case.Says(["ab"], Frame(Text, "a", isFinal: false), Frame(Pong, "x"), Frame(Ping, "y"), Frame(Continuation, "b")) with { Pongs = ["y"] },

        // 4. Reserved bits and opcodes, and the mask.
        ["RSV1"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Text, "a"u8, reservedBits: 4)),
        ["RSV2"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Text, "a"u8, reservedBits: 2)),
        ["RSV3"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Text, "a"u8, reservedBits: 1)),
        ["RSV on a ping"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Ping, "a"u8, reservedBits: 1)),
        ["RSV on a pong"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Pong, "a"u8, reservedBits: 2)),
        ["RSV on a close"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Close, RawSocket.CloseWith(1000), reservedBits: 4)),
        ["all RSV bits"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Binary, "a"u8, reservedBits: 7)),
        ["RSV on a continuation"] = Case.Fails(ProtocolError, Frame(Text, "a", isFinal: false), RawSocket.ToFrame(Continuation, "a"u8, reservedBits: 4)),
        ["opcode 3"] = Case.Fails(ProtocolError, Frame(3, "a")),
        ["opcode 4"] = Case.Fails(ProtocolError, Frame(4, "a")),
        ["opcode 5"] = Case.Fails(ProtocolError, Frame(5, "a")),
        ["opcode 6"] = Case.Fails(ProtocolError, Frame(6, "a")),
        ["opcode 7"] = Case.Fails(ProtocolError, Frame(7, "a")),
        ["opcode 11"] = Case.Fails(ProtocolError, Frame(11, "a")),
        ["opcode 12"] = Case.Fails(ProtocolError, Frame(12, "a")),
        ["opcode 13"] = Case.Fails(ProtocolError, Frame(13, "a")),
        ["opcode 14"] = Case.Fails(ProtocolError, Frame(14, "a")),
        ["opcode 15"] = Case.Fails(ProtocolError, Frame(15, "a")),
        ["no mask"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Text, "long enough to be read"u8, isMasked: false)),
        ["a reserved opcode within a message"] = Case.Fails(ProtocolError, Frame(Text, "a", isFinal: false), Frame(3, "b")),
        ["no mask on a continuation"] = Case.Fails(ProtocolError, Frame(Text, "a", isFinal: false), RawSocket.ToFrame(Continuation, "long enough to be read"u8, isMasked: false)),
        ["no mask on a close"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Close, RawSocket.CloseWith(1000, "long enough to be read"), isMasked: false)),
        ["no mask on a ping"] = Case.Fails(ProtocolError, RawSocket.ToFrame(Ping, "long enough to be read"u8, isMasked: false)),

        // 5. Closes.
        ["a close without a code"] = Case.Fails(Normal, Frame(Close, "")),
        ["a close with half a code"] = Case.Fails(ProtocolError, Frame(Close, [3])),
        ["a close with a reason"] = Case.Fails(Normal, Frame(Close, RawSocket.CloseWith(1000, "bye"))),
        ["a close whose reason is UTF-8 of every length"] = Case.Fails(Normal, Frame(Close, RawSocket.CloseWith(1000, "aä€😀"))),
        ["a close whose reason ends within a letter"] = Case.Fails(ProtocolError, Frame(Close, [3, 232, 0xe2, 0x82])),
        ["a close with the longest reason"] = Case.Fails(Normal, Frame(Close, RawSocket.CloseWith(1000, new string('r', 123)))),
        ["a close of 126 bytes"] = Case.Fails(ProtocolError, Frame(Close, RawSocket.CloseWith(1000, new string('r', 124)))),
        ["a close in fragments"] = Case.Fails(ProtocolError, Frame(Close, RawSocket.CloseWith(1000), isFinal: false)),
        ["a close whose reason is not UTF-8"] = Case.Fails(ProtocolError, Frame(Close, [3, 232, 0xc3, 0x28])),
        ["a close after a close"] = Case.Fails(Normal, [.. Frame(Close, RawSocket.CloseWith(1000)), .. Frame(Close, RawSocket.CloseWith(1001))]),
        ["data after a close"] = Case.Fails(Normal, [.. Frame(Close, RawSocket.CloseWith(1000)), .. Frame(Text, "late")]),

        // 6. UTF-8.
        ["UTF-8 of every length"] = Case.Says(["a\0ä€😀\U0010ffff\uffff"], Frame(Text, "a\0ä€😀\U0010ffff\uffff")),
        ["a letter cut in two by fragments"] = Case.Says(["ä"], Frame(Text, [0xc3], isFinal: false), Frame(Continuation, [0xa4])),
        ["a letter cut in two with a ping between"] = Case.Says(["ä"], Frame(Text, [0xc3], isFinal: false), Frame(Ping, "p"), Frame(Continuation, [0xa4])) with { Pongs = ["p"] },
        ["a letter cut in four"] = Case.Says(["😀"], Frame(Text, [0xf0], isFinal: false), Frame(Continuation, [0x9f], isFinal: false), Frame(Continuation, [0x98], isFinal: false), Frame(Continuation, [0x80])),
        ["a binary message of bytes that are no UTF-8"] = Case.Says(["\ufffd"], Frame(Binary, [0xff])),
        ["a letter cut by an empty fragment"] = Case.Says(["ä"], Frame(Text, [0xc3], isFinal: false), Frame(Continuation, "", isFinal: false), Frame(Continuation, [0xa4])),
        ["a lone continuation byte"] = Case.Fails(NotUtf8, Frame(Text, [0x80])),
        ["an overlong slash"] = Case.Fails(NotUtf8, Frame(Text, [0xc0, 0xaf])),
        ["half a surrogate pair"] = Case.Fails(NotUtf8, Frame(Text, [0xed, 0xa0, 0x80])),
        ["beyond the last code point"] = Case.Fails(NotUtf8, Frame(Text, [0xf4, 0x90, 0x80, 0x80])),
        ["a letter cut off at the end"] = Case.Fails(NotUtf8, Frame(Text, [0x61, 0xe2, 0x82])),
        ["a letter cut off at the end of the last fragment"] = Case.Fails(NotUtf8, Frame(Text, "a", isFinal: false), Frame(Continuation, [0xe2, 0x82])),
        ["bad bytes in the second fragment"] = Case.Fails(NotUtf8, Frame(Text, "a", isFinal: false), Frame(Continuation, [0xff])),
        ["a letter whose second half never comes right"] = Case.Fails(NotUtf8, Frame(Text, [0xc3], isFinal: false), Frame(Continuation, [0x28])),
    };

    private static readonly int[] GoodCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
    private static readonly int[] BadCodes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 9999, 65535];

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static TheoryData<int> Codes => [.. GoodCodes, .. BadCodes];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task APublisherIsTakenAtItsWord(string name)
    {
        var channel = RelayHost.NewChannel();
        await using var socket = await RawSocket.UpgradeAsync(fixture.Relay.Address, "streamer/" + channel);

        await PlayAsync(socket, Cases[name]);

        var history = await fixture.Relay.Channel(channel).ReadHistoryAsync(1, 100).WithinTest("the history");
        Assert.Equal(Cases[name].Messages, history.Messages.Select(message => Encoding.UTF8.GetString(message.Payload.Span)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AViewerIsHeldToTheSameRules(string name)
    {
        await using var socket = await RawSocket.UpgradeAsync(fixture.Relay.Address, "viewer/" + RelayHost.NewChannel());

        await PlayAsync(socket, Cases[name]);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task OnlyCodesThatMayBeOnTheWireAreTaken(int code)
    {
        foreach (var path in (string[])["streamer/", "viewer/"])
        {
            await using var socket = await RawSocket.UpgradeAsync(fixture.Relay.Address, path + RelayHost.NewChannel());

            await socket.SendFrameAsync(Close, RawSocket.CloseWith(code));

            Assert.Equal(GoodCodes.Contains(code) ? code : ProtocolError, (await socket.ReadCloseAsync()).Code);
            Assert.True(await socket.IsEndedAsync());
        }
    }

    private static async Task PlayAsync(RawSocket socket, Case play)
    {
        foreach (var frame in play.Frames)
        {
            await socket.SendAsync(frame);
        }

        if (play.Closes == 0)
        {
            await socket.SendFrameAsync(Ping, "alive"u8);
            foreach (var pong in play.Pongs.Append("alive"))
            {
                var frame = await socket.ReadFrameAsync() ?? throw new InvalidOperationException("The relay ended the connection.");
                Assert.Equal((Pong, pong), (frame.Opcode, Encoding.UTF8.GetString(frame.Payload)));
            }

            await socket.SendFrameAsync(Close, RawSocket.CloseWith(Normal));
        }

        Assert.Equal(play.Closes == 0 ? Normal : play.Closes, (await socket.ReadCloseAsync()).Code);
        Assert.True(await socket.IsEndedAsync());
    }

    private static byte[] Frame(int opcode, string text, bool isFinal = true) => RawSocket.ToFrame(opcode, Encoding.UTF8.GetBytes(text), isFinal);

    private static byte[] Frame(int opcode, byte[] payload, bool isFinal = true) => RawSocket.ToFrame(opcode, payload, isFinal);

    private sealed record Case(byte[][] Frames)
    {
        /// <summary>The code that the relay closes with; 0 when the connection stays.</summary>
        public int Closes { get; init; }

        /// <summary>What a publisher has published by these frames.</summary>
        public string[] Messages { get; init; } = [];

        /// <summary>What the relay answers to pings.</summary>
        public string[] Pongs { get; init; } = [];

        public static Case Says(string[] messages, params byte[][] frames) => new(frames) { Messages = messages };

        public static Case Answers(string[] pongs, params byte[][] frames) => new(frames) { Pongs = pongs };

        public static Case Fails(int code, params byte[][] frames) => new(frames) { Closes = code };
    }
}
