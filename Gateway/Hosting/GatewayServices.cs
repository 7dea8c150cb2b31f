using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hub;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Ingest.DialBack;
using OrleansRelay.Gateway.Shortcut;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Local;
using OrleansRelay.Settings;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Registers the gateway, in the order in which a message meets it.</summary>
public static class GatewayServices
{
    /// <summary>Adds the gateway to a host that hosts the grains, or a client of them.</summary>
    public static WebApplicationBuilder AddRelayGateway(this WebApplicationBuilder builder)
    {
        SeedEnvironment.Apply(builder.Configuration);
        builder.AddProbes();
        builder.Services.AddServer().AddDeflate().AddIngest().AddStreams().AddViewers().AddShortcut();
        return builder;
    }

    private static IServiceCollection AddServer(this IServiceCollection services)
    {
        services.AddSettings<GatewayOptions>(GatewayOptions.Section);
        services.AddSingleton<IValidateOptions<GatewayOptions>, SeedEnvironment>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => new ConfigureOptions<KestrelServerOptions>(kestrel => Configure(kestrel, Gateway(provider))));
        services.AddSingleton<IConfigureOptions<SocketTransportOptions>>(provider => new ConfigureOptions<SocketTransportOptions>(sockets =>
        {
            sockets.MaxReadBufferSize = Gateway(provider).ReadBufferBytes;

            // A write then completes when the kernel has it. What waits for a viewer waits once, in the channel's log, and an upgrade's
            // 101 has left before DirectOutput sends: without this, measured, 0.5 % of viewers got a frame before it.
            sockets.MaxWriteBufferSize = 2;

            // A gateway's viewers may all come back at once; what has no room here tries again a second later.
            sockets.Backlog = 4096;
            sockets.CreateBoundListenSocket = endpoint => Bind(endpoint, Gateway(provider).WriteBufferBytes);
        }));
        services.AddSingleton<IConfigureOptions<HostOptions>>(provider => new ConfigureOptions<HostOptions>(
            host => host.ShutdownTimeout = Gateway(provider).DrainDelay + Gateway(provider).DrainWithin + TimeSpan.FromSeconds(20)));
        services.AddSingleton<IConfigureOptions<ForwardedHeadersOptions>>(provider => new ConfigureOptions<ForwardedHeadersOptions>(forwarded =>
        {
            // The middleware believes everyone when it knows nobody.
            forwarded.ForwardedHeaders = Gateway(provider).KnownProxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;

            // From the nearest proxy outwards as long as the hop is known: the first that isn't is the caller, however many proxies there are.
            forwarded.ForwardLimit = null;
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var proxy in Gateway(provider).KnownProxies)
            {
                if (NetworkListAttribute.TryParse(proxy, out var network))
                {
                    forwarded.KnownIPNetworks.Add(network);
                }
            }
        }));
        services.AddSingleton<GatewayIdentity>().AddSingleton<GatewayMetrics>().AddSingleton<IngestTotals>().AddSingleton<ConnectionLimits>();
        services.AddSingleton<ChannelRoute>().AddSingleton<HealthEndpoint>().AddSingleton<ChannelsEndpoint>().AddSingleton<LiveDirectory>();
        services.AddSingleton<GatewayDrain>().AddHostedService(provider => provider.GetRequiredService<GatewayDrain>());
        return services.AddCors();
    }

    private static IServiceCollection AddDeflate(this IServiceCollection services) =>
        services.AddSettings<DeflateOptions>(DeflateOptions.Section).AddSingleton<DeflateHandshake>().AddSingleton<FrameDeflaters>();

    private static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddSettings<IngestOptions>(IngestOptions.Section).AddSettings<DialBackOptions>(DialBackOptions.Section);
        services.AddSingleton<AnswerWatch>().AddSingleton<PublisherEndpoint>().AddSingleton<WebSocketPublisher>().AddSingleton<HttpPublish>();
        services.AddSingleton<DialBackEndpoint>().AddSingleton<DashboardDialer>();
        return services.AddSingleton<DialBackFeeds>().AddHostedService(provider => provider.GetRequiredService<DialBackFeeds>());
    }

    private static IServiceCollection AddStreams(this IServiceCollection services)
    {
        services.TryAddSingleton<LocalChannels>();
        services.AddSingleton<ChannelPresences>().AddHostedService(provider => provider.GetRequiredService<ChannelPresences>());
        return services.AddSingleton<ChannelFeeds>().AddSingleton<HistoryReader>();
    }

    private static IServiceCollection AddViewers(this IServiceCollection services)
    {
        services.AddSettings<ViewerOptions>(ViewerOptions.Section);
        services.AddSingleton<ViewerRegistry>().AddHostedService(provider => provider.GetRequiredService<ViewerRegistry>());
        return services.AddSingleton<ViewerEndpoint>().AddSingleton<ViewerConnection>().AddSingleton<HubEndpoint>();
    }

    private static IServiceCollection AddShortcut(this IServiceCollection services)
    {
        services.AddSingleton<FirstBytes>();
        services.AddSingleton<ViewerShortcut>().AddSingleton<PublisherShortcut>().AddSingleton<ConnectionShortcut>();

        // The server takes the last one that can listen at an endpoint.
        return services.AddSingleton<IConnectionListenerFactory, RelayListenerFactory>();
    }

    /// <summary>Connections inherit the send buffer of the socket that accepts them.</summary>
    private static Socket Bind(EndPoint endpoint, int sendBufferBytes)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (sendBufferBytes > 0)
        {
            socket.SendBufferSize = sendBufferBytes;
        }

        return socket;
    }

    private static void Configure(KestrelServerOptions kestrel, GatewayOptions gateway)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = gateway.HandshakeWithin;
        // The channel's own limit is checked while the body is read; Kestrel's would come first and say less.
        kestrel.Limits.MaxRequestBodySize = null;
        // Slow viewers are judged by their queue. Kestrel's rule would cut an SSE viewer off without a word.
        kestrel.Limits.MinResponseDataRate = null;
    }

    private static GatewayOptions Gateway(IServiceProvider provider) => provider.GetBeforeCheck<GatewayOptions>();
}
