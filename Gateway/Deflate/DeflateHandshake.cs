using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Deflate;

/// <summary>Negotiates permessage-deflate before a connection is upgraded.</summary>
internal sealed class DeflateHandshake(IOptions<DeflateOptions> options)
{
    /// <summary>Accepts one of the client's offers, if the settings allow and it can be met. Must run before the WebSocket is accepted.</summary>
    /// <returns>What was agreed, or null: then messages go as they are, both ways.</returns>
    public DeflateTerms? TryAgree(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!options.Value.IsEnabled
            || context.Features.Get<OutboundUpgrade>() is not { } upgrade
            || !DeflateOffer.TryChoose(headers.SecWebSocketExtensions, options.Value.WindowBits, out var chosen))
        {
            return null;
        }

        headers.SecWebSocketExtensions = chosen;
        return upgrade.Deflate = new DeflateTerms(options.Value.WindowBits, new InflateMeter(options.Value.MaxInflateRatio));
    }
}
