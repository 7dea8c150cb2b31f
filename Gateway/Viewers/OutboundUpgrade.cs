using Microsoft.AspNetCore.Http.Features;
using OrleansRelay.Gateway.Deflate;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Lets a viewer's connection be shaken hands with by the framework and written to by the relay.</summary>
/// <remarks>
/// <see cref="System.Net.WebSockets.WebSocket"/> frames and copies every message for every viewer. So the framework does what it does
/// best (handshake, inbound frames, pongs, close) on a stream whose writes go to the viewer's pump, and the pump writes shared frames to
/// the connection itself. Works alike over HTTP/1.1 upgrade, TLS and HTTP/2 extended CONNECT (RFC 8441).
/// </remarks>
internal sealed class OutboundUpgrade(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect)
    : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private ViewerPump? _pump;
    private Heartbeat? _heartbeat;

    /// <summary>The connection, once shaken hands.</summary>
    public Stream? Connection { get; private set; }

    /// <summary>What was agreed on compression; set before the handshake.</summary>
    public DeflateTerms? Deflate { get; set; }

    bool IHttpUpgradeFeature.IsUpgradableRequest => upgrade?.IsUpgradableRequest ?? false;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => connect?.IsExtendedConnect ?? false;

    string? IHttpExtendedConnectFeature.Protocol => connect?.Protocol;

    /// <summary>Puts itself before the framework's features; must run before the WebSocket middleware.</summary>
    public static Task InstallAsync(HttpContext context, RequestDelegate next)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var connect = context.Features.Get<IHttpExtendedConnectFeature>();
        if (upgrade is { IsUpgradableRequest: true } || connect is { IsExtendedConnect: true })
        {
            var outbound = new OutboundUpgrade(upgrade, connect);
            context.Features.Set(outbound);
            context.Features.Set<IHttpUpgradeFeature>(outbound);
            if (connect is not null)
            {
                context.Features.Set<IHttpExtendedConnectFeature>(outbound);
            }
        }

        return next(context);
    }

    /// <summary>Takes the connection's writing over from the framework's WebSocket, and tells when it reads.</summary>
    public void Take(ViewerPump pump, Heartbeat heartbeat) => (_pump, _heartbeat) = (pump, heartbeat);

    async Task<Stream> IHttpUpgradeFeature.UpgradeAsync() => Opened(await upgrade!.UpgradeAsync());

    async ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync() => Opened(await connect!.AcceptAsync());

    private Stream Opened(Stream connection)
    {
        Connection = connection;
        var read = Deflate?.Meter.Over(connection) ?? connection;
        return _pump is null ? read : new OutboundStream(read, _pump, _heartbeat!);
    }
}
