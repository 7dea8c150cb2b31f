using System.Net;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>What every address of the relay has in common: a good name, a gateway that isn't draining, room for one more, and clear errors.</summary>
internal sealed partial class ChannelRoute(GatewayDrain drain, ConnectionLimits limits, ILogger<ChannelRoute> logger)
{
    private const int RetryMilliseconds = 1000;

    /// <summary>Namespaces with addresses of their own.</summary>
    private static readonly string[] Reserved = ["hub", "chat", "user"];

    /// <summary>Serves a request for a channel that anyone may name.</summary>
    public Task HandleAsync(HttpContext context, ConnectionRole role, Func<HttpContext, ChannelName, Task> handler)
    {
        if (!ChannelName.TryParse(context.GetRouteValue("channel") as string, out var channel, out var error))
        {
            return Problem.WriteAsync(context, StatusCodes.Status400BadRequest, error);
        }

        return IsOpen(channel)
            ? HandleAsync(context, role, () => handler(context, channel))
            : Problem.WriteAsync(context, StatusCodes.Status403Forbidden, $"The namespace {channel.Namespace} has addresses of its own and is not open here.");
    }

    /// <summary>Whether anyone may name the channel.</summary>
    public static bool IsOpen(ChannelName channel) => !Reserved.Contains(channel.Namespace);

    /// <summary>Serves a request that may last.</summary>
    public async Task HandleAsync(HttpContext context, ConnectionRole role, Func<Task> handler)
    {
        if (drain.Begun.IsCompleted)
        {
            await RefuseForNowAsync(context, StatusCodes.Status503ServiceUnavailable, "This gateway is restarting. Come back at once.", CloseCode.RestartingSoon());
            return;
        }

        if (Handshake.FaultOf(context) is { } fault)
        {
            context.Response.Headers.SecWebSocketVersion = "13";
            await Problem.WriteAsync(context, fault.Status, fault.Detail);
            return;
        }

        using var entered = limits.TryEnter(context.Connection.RemoteIpAddress ?? IPAddress.None, role, out var tooMany);
        if (entered is null)
        {
            await RefuseForNowAsync(context, StatusCodes.Status429TooManyRequests, tooMany, CloseCode.TooManyConnections with { RetryMilliseconds = RetryMilliseconds });
            return;
        }

        try
        {
            await handler();
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went while it was being served; there is nobody to tell.
        }
        catch (BadHttpRequestException exception)
        {
            await Problem.WriteAsync(context, exception.StatusCode, "The request's body could not be read.");
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, context.Request.Path);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await RefuseForNowAsync(
                context, StatusCodes.Status503ServiceUnavailable, "The channel can't be reached now.", CloseCode.ChannelUnavailable with { RetryMilliseconds = RetryMilliseconds });
        }
    }

    private static Task RefuseForNowAsync(HttpContext context, int status, string detail, CloseCode code) => EventStream.IsAskedFor(context)
        ? EventStream.CloseAsync(context, code)
        : Problem.WriteAsync(context, status, detail, TimeSpan.FromMilliseconds(code.RetryMilliseconds));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A request for {Path} failed.", EventName = "RequestFailed")]
        public static partial void Failed(ILogger logger, Exception exception, PathString path);
    }
}
