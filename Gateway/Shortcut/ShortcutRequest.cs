using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Microsoft.AspNetCore.WebUtilities;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>A viewer's or a publisher's handshake as nearly all clients send it, read by the server's own parser. Whatever is not exactly that is none of the shortcut's business.</summary>
/// <remarks>
/// The parser finds where names and values begin and end. What may stand in them the server checks later, when it keeps them; so what it could refuse
/// there isn't taken here.
/// <code>
///   GET /viewer/kitchen?since=7:42 HTTP/1.1
///   Host: relay.example.com                     once, as RFC 9112 has it
///   Connection: keep-alive, Upgrade             ┐
///   Upgrade: websocket                          │ once each, RFC 6455, section 4.2.1
///   Sec-WebSocket-Version: 13                   │
///   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== ┘
///   Sec-WebSocket-Protocol: relay.v1            if at all
/// </code>
/// </remarks>
internal sealed class ShortcutRequest : IHttpRequestLineHandler, IHttpHeadersHandler
{
    private const int KeyBytes = 16;
    private const int KeyLetters = 24;

    /// <summary>The server's default (<see cref="Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerLimits.MaxRequestHeaderCount"/>).</summary>
    private const int MostHeaders = 100;

    /// <summary>A field's name is a token: RFC 9110, section 5.6.2.</summary>
    private static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What a host name or an IPv4 address consists of. The server handles all other hosts, such as IPv6 addresses.</summary>
    private static readonly SearchValues<byte> HostCharacters = SearchValues.Create("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly byte[] RelayV1 = Encoding.ASCII.GetBytes(RelayV1Frame.Subprotocol);

    private static readonly HttpParser<ShortcutRequest> Parser = new();

    private static readonly (string Prefix, ConnectionRole Role)[] Prefixes =
    [
        ("/viewer/", ConnectionRole.Viewer), ("/viewers/", ConnectionRole.Viewer), ("/streamer/", ConnectionRole.Publisher), ("/streamers/", ConnectionRole.Publisher),
    ];

    private readonly bool _knowsProxies;
    private readonly bool _deflates;
    private string _target = "";
    private Has _has;
    private int _headers;
    private bool _isOther;

    private ShortcutRequest(bool knowsProxies, bool deflates) => (_knowsProxies, _deflates) = (knowsProxies, deflates);

    [Flags]
    private enum Has
    {
        Host = 1,
        Connection = 2,
        Upgrade = 4,
        Version = 8,
        Key = 16,
        Protocol = 32,
        All = Host | Connection | Upgrade | Version | Key,
    }

    /// <summary>What it is the handshake of.</summary>
    public ConnectionRole Role { get; private set; }

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; private set; }

    /// <summary>What follows the path.</summary>
    public IQueryCollection Query { get; private set; } = QueryCollection.Empty;

    /// <summary>Sec-WebSocket-Accept, the answer to the key.</summary>
    public ReadOnlyMemory<byte> Accept { get; private set; }

    /// <summary>Whether it asks for relay.v1.</summary>
    public bool AsksForV1 { get; private set; }

    /// <summary>Reads the first bytes of a connection.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="knowsProxies">Whether X-Forwarded-For means something: then whoever sends it takes the ordinary way.</param>
    /// <param name="deflates">Whether compression is negotiated: then whoever offers it does, too.</param>
    /// <param name="request">The handshake.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>False when it is anything but a whole handshake of a viewer or a publisher.</returns>
    public static bool TryRead(ReadOnlySequence<byte> bytes, bool knowsProxies, bool deflates, [NotNullWhen(true)] out ShortcutRequest? request, out SequencePosition end)
    {
        (request, end) = (null, bytes.Start);
        if (!MayBeOurs(bytes))
        {
            return false;
        }

        var read = new ShortcutRequest(knowsProxies, deflates);
        var reader = new SequenceReader<byte>(bytes);
        try
        {
            if (!Parser.ParseRequestLine(read, ref reader) || read._isOther || !Parser.ParseHeaders(read, ref reader))
            {
                return false;
            }
        }
        catch (BadHttpRequestException)
        {
            return false;
        }

        if (read._isOther || (read._has & Has.All) != Has.All || !read.TryReadTarget())
        {
            return false;
        }

        (request, end) = (read, reader.Position);
        return true;
    }

    void IHttpRequestLineHandler.OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        var target = startLine[targetPath.Offset..];
        target = target[..(target.IndexOf((byte)' ') is >= 0 and var space ? space : target.Length)];
        _isOther = versionAndMethod.Method != Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod.Get
            || versionAndMethod.Version != Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpVersion.Http11
            || targetPath.IsEncoded || target.ContainsAnyExceptInRange((byte)'!', (byte)'~');
        _target = Encoding.ASCII.GetString(target);
    }

    void IHttpHeadersHandler.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _isOther |= ++_headers > MostHeaders || name.ContainsAnyExcept(TokenCharacters) || value.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        if (Is(name, "Host"u8))
        {
            Take(Has.Host, IsPlainHost(value));
        }
        else if (Is(name, "Connection"u8))
        {
            Take(Has.Connection, HasToken(value, "Upgrade"u8, ignoresCase: true));
        }
        else if (Is(name, "Upgrade"u8))
        {
            Take(Has.Upgrade, Is(value, "websocket"u8));
        }
        else if (Is(name, "Sec-WebSocket-Version"u8))
        {
            Take(Has.Version, value.SequenceEqual("13"u8));
        }
        else if (Is(name, "Sec-WebSocket-Key"u8))
        {
            Take(Has.Key, value.Length == KeyLetters && Base64.DecodeFromUtf8(value, stackalloc byte[KeyBytes + 2], out _, out var bytes) == OperationStatus.Done && bytes == KeyBytes);
            Accept = _isOther ? default : AnswerTo(value);
        }
        else if (Is(name, "Sec-WebSocket-Protocol"u8))
        {
            Take(Has.Protocol, isGood: true);
            AsksForV1 = HasToken(value, RelayV1, ignoresCase: false);
        }
        else
        {
            _isOther |= Is(name, "Content-Length"u8) || Is(name, "Transfer-Encoding"u8) || Is(name, "Expect"u8)
                || (_knowsProxies && Is(name, "X-Forwarded-For"u8)) || (_deflates && Is(name, "Sec-WebSocket-Extensions"u8));
        }
    }

    void IHttpHeadersHandler.OnHeadersComplete(bool endStream)
    {
    }

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index) => _isOther = true;

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => _isOther = true;

    /// <summary>Most connections show with their first bytes that they are something else; nothing more is spent on them.</summary>
    private static bool MayBeOurs(ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        return reader.IsNext("GET /viewer"u8) || reader.IsNext("GET /streamer"u8);
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);

    /// <summary>A name or an IPv4 address, and a port or none: <c>relay.example.com:8080</c>.</summary>
    private static bool IsPlainHost(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        var host = colon < 0 ? value : value[..colon];
        var port = colon < 0 ? [] : value[(colon + 1)..];
        return host.Length > 0 && !host.ContainsAnyExcept(HostCharacters) && (colon < 0 || port.Length is >= 1 and <= 5) && !port.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static bool HasToken(ReadOnlySpan<byte> value, ReadOnlySpan<byte> token, bool ignoresCase)
    {
        foreach (var range in value.Split((byte)','))
        {
            var one = value[range].Trim(" \t"u8);
            if (ignoresCase ? Is(one, token) : one.SequenceEqual(token))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 6455, section 4.2.2, step 5.4.</summary>
    private static byte[] AnswerTo(ReadOnlySpan<byte> key)
    {
        Span<byte> text = [.. key, .. "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8];
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The RFC has it so: it shows that the server speaks WebSocket, and keeps nothing secret.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        var answer = new byte[Base64.GetMaxEncodedToUtf8Length(hash.Length)];
        Base64.EncodeToUtf8(hash, answer, out _, out _);
        return answer;
    }

    /// <summary>What must be right once is right twice no more.</summary>
    private void Take(Has which, bool isGood)
    {
        _isOther |= !isGood || (_has & which) != 0;
        _has |= which;
    }

    private bool TryReadTarget()
    {
        var question = _target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? _target : _target[..question];
        foreach (var (prefix, role) in Prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                Role = role;
                Query = question < 0 ? Query : new QueryCollection(QueryHelpers.ParseQuery(_target[question..]));
                Channel = ChannelName.TryParse(path[prefix.Length..], out var channel, out _) ? channel : default;
                return Channel != default;
            }
        }

        return false;
    }
}
