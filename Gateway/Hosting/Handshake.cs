using Microsoft.AspNetCore.Http.Features;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Says what is wrong with a WebSocket handshake that the framework doesn't take for one (RFC 6455, section 4.2.1).</summary>
/// <remarks>Without it a malformed handshake would be served as the plain request that is left of it: a publisher's as a wish to be dialled back.</remarks>
internal static class Handshake
{
    /// <summary>What is wrong, or null when the request is a good handshake or none at all.</summary>
    public static (int Status, string Detail)? FaultOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        var isMeant = headers.SecWebSocketKey.Count > 0 || headers.SecWebSocketVersion.Count > 0 || IsWebSocket(headers.Upgrade);
        if (isMeant && HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            // The framework would shake hands, but in HTTP/1.0 a server ignores Upgrade (RFC 9110, section 7.8).
            return (StatusCodes.Status400BadRequest, "A WebSocket's handshake needs HTTP/1.1 at least.");
        }

        if (!isMeant || context.WebSockets.IsWebSocketRequest)
        {
            return null;
        }

        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: var protocol } && IsWebSocket(protocol))
        {
            return WrongVersion(headers);
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            return null;
        }

        return !IsWebSocket(headers.Upgrade) ? (StatusCodes.Status400BadRequest, $"Upgrade is '{headers.Upgrade}'; a WebSocket's handshake has websocket there.")
            : !headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase) ? (StatusCodes.Status400BadRequest, $"Connection is '{headers.Connection}'; a WebSocket's handshake has Upgrade there.")
            : headers.SecWebSocketVersion != "13" ? WrongVersion(headers)
            : (StatusCodes.Status400BadRequest, $"Sec-WebSocket-Key is '{headers.SecWebSocketKey}'; it must be 16 bytes in base64.");
    }

    private static (int Status, string Detail) WrongVersion(IHeaderDictionary headers) =>
        (StatusCodes.Status426UpgradeRequired, $"Sec-WebSocket-Version is '{headers.SecWebSocketVersion}'; it must be 13.");

    private static bool IsWebSocket(string? upgrade) => string.Equals(upgrade, "websocket", StringComparison.OrdinalIgnoreCase);
}
