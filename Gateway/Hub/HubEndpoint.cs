using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Hub;

/// <summary><c>WS /ws/{username}</c> of seed 002: what one member sends, all others get.</summary>
/// <remarks>
/// A member is a viewer and a publisher of one channel at once. The name is claimed in the channel's own turn, so two with the same
/// name can't both come in, on whatever gateways they are.
/// </remarks>
internal sealed partial class HubEndpoint(
    IServiceProvider services, IGrainFactory grains, ChannelPresences presences, ViewerConnection connection, DeflateHandshake deflate,
    IOptions<ViewerOptions> viewers, IOptions<IngestOptions> ingest, TimeProvider time, ILogger<HubEndpoint> logger)
{
    /// <summary>The hub's channel.</summary>
    public static readonly ChannelName Channel = ChannelName.Parse("hub/global");

    /// <summary>Longest name, in characters.</summary>
    private const int MaxNameLength = 64;

    public async Task HandleAsync(HttpContext context, string username)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await Problem.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "A member connects by WebSocket.");
            return;
        }

        if (username.Length > MaxNameLength || username.Any(char.IsControl))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, $"A name has 1 to {MaxNameLength} characters and no control characters.");
            return;
        }

        var compat = context.Request.Query["compat"].ToString();
        if (compat is not "" and not "binary")
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, $"compat is '{compat}'; it must be binary.");
            return;
        }

        var grain = grains.GetGrain<IChannelGrain>(Channel.Value);
        var claim = await grain.ClaimMemberAsync(username, presences.GatewayId);
        if (!claim.IsGranted)
        {
            // The original's own answer, which its clients know.
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("Username already connected\n", context.RequestAborted);
            return;
        }

        var presence = presences.Hold(Channel, held => held.AddMember(username, claim.Member));
        var released = new Lazy<Task>(() => ReleaseAsync(grain, presence, username, claim.Member));
        try
        {
            await using var session = ActivatorUtilities.CreateInstance<PublisherSession>(services, Channel, $"hub-{claim.Member}");
            var opened = await session.OpenAsync(startsAnew: false);
            var transport = new HubTransport(
                new WebSocketTransport(new HttpHandshake(context, subprotocol: null), viewers.Value), session, claim.Member, opened.State.Settings.MaxMessageBytes, ingest.Value, LeaveAsync, time);
            var format = compat == "binary" ? ViewerFormat.AllBinary : ViewerFormat.Plain;
            await connection.RunAsync(Channel, deflate.TryAgree(context) is null ? format : format.Deflated(), ViewerStart.Live, claim.Member, transport);
            await LeaveAsync();

            async Task LeaveAsync()
            {
                await session.FinishAsync(isEnd: true);
                await released.Value;
            }
        }
        finally
        {
            await released.Value;
        }
    }

    private async Task ReleaseAsync(IChannelGrain grain, ChannelPresence presence, string username, long member)
    {
        presence.RemoveMember(username);
        try
        {
            await grain.ReleaseMemberAsync(username, member);
        }
        catch (Exception exception)
        {
            // The name is free again when this gateway's lease on the hub runs out.
            Log.NotReleased(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A member's name could not be given back at once.", EventName = "MemberNotReleased")]
        public static partial void NotReleased(ILogger logger, Exception exception);
    }
}
