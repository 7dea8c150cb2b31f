using System.Globalization;
using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.Benchmarks.Peers;

/// <summary>Nchan, the pub/sub module of nginx: publishers and subscribers by WebSocket, the last 100 messages kept.</summary>
internal sealed class NchanPeer : IPeer
{
    private const string Module = "/usr/lib/nginx/modules/ngx_nchan_module.so";

    /// <inheritdoc/>
    public string Name => "nchan";

    /// <inheritdoc/>
    public string Title => "Nchan";

    /// <inheritdoc/>
    public string? Missing() => InstalledPrograms.MissingOf("nginx") ?? (File.Exists(Module) ? null : Module);

    /// <inheritdoc/>
    public Launch Start(int port, DirectoryInfo directory)
    {
        var settings = Path.Combine(directory.FullName, "nginx.conf");
        File.WriteAllText(settings, Settings(port, directory.FullName));
        return new Launch
        {
            Role = Role.Peer,
            Command = [InstalledPrograms.Find("nginx")!, "-p", directory.FullName, "-c", settings, "-e", Path.Combine(directory.FullName, "error.log")],
            Flags = ["--publish-url", "{url}/pub/{channel}", "--view-url", "{url}/sub/{channel}"],
        };
    }

    /// <summary>One process, without a master, so that its CPU is all there is.</summary>
    private static string Settings(int port, string directory) => string.Create(CultureInfo.InvariantCulture, $$"""
        load_module {{Module}};
        daemon off;
        master_process off;
        worker_rlimit_nofile 65536;
        pid {{directory}}/nginx.pid;
        events { worker_connections 20000; multi_accept on; use epoll; }
        http {
          access_log off;
          client_body_temp_path {{directory}}/body;
          proxy_temp_path {{directory}}/proxy;
          fastcgi_temp_path {{directory}}/fastcgi;
          uwsgi_temp_path {{directory}}/uwsgi;
          scgi_temp_path {{directory}}/scgi;
          nchan_max_reserved_memory 512m;
          server {
            listen 127.0.0.1:{{port}};
            location ~ ^/pub/(.+)$ { nchan_publisher websocket; nchan_channel_id $1; nchan_message_buffer_length 100; client_max_body_size 16m; }
            location ~ ^/sub/(.+)$ { nchan_subscriber websocket; nchan_channel_id $1; }
          }
        }

        """);
}
