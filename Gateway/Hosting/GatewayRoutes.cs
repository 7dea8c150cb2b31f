using Microsoft.Extensions.FileProviders;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hub;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Ingest.DialBack;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Settings;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>The gateway's addresses: PROTOCOL.md, section 1.</summary>
public static class GatewayRoutes
{
    /// <summary>The page loads nothing from anywhere else and runs no script that isn't a file of it.</summary>
    private const string PagePolicy = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>What a page of another origin may send besides what needs no leave. Last-Event-ID and Cache-Control are those of the scripts that stand in for EventSource.</summary>
    private static readonly string[] HeadersOfOtherOrigins = ["Content-Type", "Last-Event-ID", "Cache-Control"];

    /// <summary>Puts the gateway's middleware and addresses into an application.</summary>
    public static WebApplication UseRelayGateway(this WebApplication app)
    {
        var viewers = app.Services.GetBeforeCheck<ViewerOptions>();
        app.UseForwardedHeaders();
        app.Use(AllowAnyOriginAsync);
        app.UseCors(cors => cors.AllowAnyOrigin().WithMethods("GET", "HEAD", "POST").WithHeaders(HeadersOfOtherOrigins));
        app.Use(OutboundUpgrade.InstallAsync);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = viewers.PingEvery, KeepAliveTimeout = viewers.PongWithin });
        app.UsePage();

        // Said aloud because otherwise it comes first, and the fallback is matched before any file of the page.
        app.UseRouting();
        app.MapPublishers();
        app.MapViewers();
        app.MapHub();
        app.MapOperations();
        app.UseProbes();
        app.MapFallback("{**path}", context => Problem.WriteAsync(context, StatusCodes.Status404NotFound, "There is nothing at this address. GET / is the page; PROTOCOL.md lists the others."));
        return app;
    }

    /// <summary>Said to everyone, not only to those who tell their origin: a cache may give one's answer to another.</summary>
    private static Task AllowAnyOriginAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return next(context);
    }

    private static void UsePage(this WebApplication app)
    {
        var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = file =>
            {
                file.Context.Response.Headers.ContentSecurityPolicy = PagePolicy;
                file.Context.Response.Headers.XContentTypeOptions = "nosniff";
                file.Context.Response.Headers.CacheControl = "no-cache";
            },
        });
    }

    private static void MapPublishers(this WebApplication app)
    {
        var services = app.Services;
        foreach (var path in (string[])["/streamer/{**channel}", "/streamers/{**channel}"])
        {
            app.Map(path, context => Route(context).HandleAsync(context, ConnectionRole.Publisher, (_, channel) =>
                context.WebSockets.IsWebSocketRequest ? services.GetRequiredService<PublisherEndpoint>().HandleAsync(context, channel)
                : HttpMethods.IsPost(context.Request.Method) ? services.GetRequiredService<HttpPublish>().HandleAsync(context, channel)
                : HttpMethods.IsGet(context.Request.Method) ? services.GetRequiredService<DialBackEndpoint>().HandleAsync(context, channel)
                : OtherMethodAsync(context, "GET, POST")));
        }
    }

    private static void MapViewers(this WebApplication app)
    {
        foreach (var path in (string[])["/viewer/{**channel}", "/viewers/{**channel}"])
        {
            app.Map(path, context => Route(context).HandleAsync(context, ConnectionRole.Viewer, (_, channel) =>
                context.WebSockets.IsWebSocketRequest || HttpMethods.IsGet(context.Request.Method)
                    ? context.RequestServices.GetRequiredService<ViewerEndpoint>().HandleAsync(context, channel)
                    : OtherMethodAsync(context, "GET")));
        }
    }

    private static void MapHub(this WebApplication app) =>
        app.Map("/ws/{username}", context => Route(context).HandleAsync(context, ConnectionRole.Publisher,
            () => context.RequestServices.GetRequiredService<HubEndpoint>().HandleAsync(context, (string)context.GetRouteValue("username")!)));

    private static void MapOperations(this WebApplication app)
    {
        // Made now, because its uptime counts from here.
        var health = app.Services.GetRequiredService<HealthEndpoint>();
        app.MapMethods("/health", ReadMethods.All, (HttpContext context) => health.HandleAsync(context));
        app.MapMethods("/api/channels", ReadMethods.All, (HttpContext context) => Channels(context).ListAsync(context));
        app.MapMethods("/api/channels/{**channel}", ReadMethods.All, (HttpContext context) => Named(context, Channels(context).GetAsync));
        app.MapPatch("/api/channels/{**channel}", (HttpContext context) => Named(context, Channels(context).PatchAsync));

        // The other methods by name; else the fallback would say that there is nothing here.
        app.MapMethods("/health", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"], (HttpContext context) => OtherMethodAsync(context, "GET, HEAD"));
        app.MapMethods("/api/channels", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"], (HttpContext context) => OtherMethodAsync(context, "GET, HEAD"));
        app.MapMethods("/api/channels/{**channel}", ["POST", "PUT", "DELETE", "OPTIONS"], (HttpContext context) => OtherMethodAsync(context, "GET, HEAD, PATCH"));
    }

    private static Task Named(HttpContext context, Func<HttpContext, ChannelName, Task> handler) =>
        Route(context).HandleAsync(context, ConnectionRole.Viewer, handler);

    private static ChannelRoute Route(HttpContext context) => context.RequestServices.GetRequiredService<ChannelRoute>();

    private static ChannelsEndpoint Channels(HttpContext context) => context.RequestServices.GetRequiredService<ChannelsEndpoint>();

    /// <summary>A method that an address doesn't take: refused, unless it asks which ones are taken (RFC 9110, section 9.3.7).</summary>
    private static Task OtherMethodAsync(HttpContext context, string taken)
    {
        var allowed = taken + ", OPTIONS";
        context.Response.Headers.Allow = allowed;
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return Problem.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"This address takes {allowed}.");
    }
}
