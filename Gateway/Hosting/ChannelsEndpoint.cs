using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Hosting;

/// <summary><c>/api/channels</c>: which channels are live, how one is, and what an operator sets of it.</summary>
internal sealed class ChannelsEndpoint(IGrainFactory grains, LiveDirectory directory, IOptions<GatewayOptions> options)
{
    public async Task ListAsync(HttpContext context)
    {
        var channels = await directory.ListAsync();
        await context.Response.WriteAsJsonAsync(new { channels = channels.Select(Line) }, context.RequestAborted);
    }

    public async Task GetAsync(HttpContext context, ChannelName channel) =>
        await context.Response.WriteAsJsonAsync(Line(await Grain(channel).GetStateAsync()), context.RequestAborted);

    public async Task PatchAsync(HttpContext context, ChannelName channel)
    {
        if (!IsOperator(context))
        {
            await Problem.WriteAsync(context, StatusCodes.Status403Forbidden,
                "Setting a channel needs the operator's key as a bearer token (Gateway:OperatorKey), or a caller on this machine where no key is set.");
            return;
        }

        ChannelPatch patch;
        try
        {
            patch = await JsonSerializer.DeserializeAsync<ChannelPatch>(context.Request.Body, ChannelPatch.Json, context.RequestAborted) ?? throw new JsonException();
        }
        catch (JsonException exception)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest,
                $"The body is not a JSON object of title, description, game, slowViewers, historyMessages, historyBytes (at '{exception.Path}').");
            return;
        }

        if (patch.Error is not null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, patch.Error);
            return;
        }

        var state = await Grain(channel).GetStateAsync();
        await Grain(channel).SetMetadataAsync(patch.Over(state.Metadata));
        if (patch.Overrides is { } overrides)
        {
            await Grain(channel).SetOverridesAsync(overrides);
        }

        await GetAsync(context, channel);
    }

    private IChannelGrain Grain(ChannelName channel) => grains.GetGrain<IChannelGrain>(channel.Value);

    private bool IsOperator(HttpContext context)
    {
        var key = options.Value.OperatorKey;
        if (key.Length == 0)
        {
            return IPAddress.IsLoopback(context.Connection.RemoteIpAddress ?? IPAddress.None);
        }

        var given = context.Request.Headers.Authorization.ToString();
        return CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + key)));
    }

    private static object Line(ChannelState state) => new
    {
        channel = state.Channel,
        live = state.IsLive,
        viewers = state.Viewers,
        epoch = state.Epoch,
        head = state.Head,
        firstHeld = state.FirstHeld,
        heldBytes = state.HeldBytes,
        startedAt = state.StartedAt,
        endedAt = state.EndedAt,
        title = state.Metadata.Title,
        description = state.Metadata.Description,
        game = state.Metadata.Game,
    };
}
