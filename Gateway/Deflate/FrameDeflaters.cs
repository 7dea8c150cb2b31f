using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Deflate;

/// <summary>Makes deflaters: one for each run of frames, because one works for one thread.</summary>
internal sealed class FrameDeflaters(IOptions<DeflateOptions> options, GatewayMetrics metrics)
{
    /// <summary>A deflater for a form; null where the form isn't compressed.</summary>
    public FrameDeflater? For(ViewerFormat format) => format.IsDeflated() ? new FrameDeflater(options.Value, metrics) : null;
}
