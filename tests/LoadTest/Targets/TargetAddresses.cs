using System.Net;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Targets;

/// <summary>Gives each connection its address, over all gateways in turn, and keeps the load on this machine unless it was said otherwise.</summary>
internal sealed class TargetAddresses(IReadOnlyList<string> gateways, bool allowsRemote)
{
    private readonly Dictionary<(string, string?), Connector> _connectors = [];
    private readonly Dictionary<string, IPAddress> _hosts = [];
    private int _next;

    /// <summary>The next connection's address.</summary>
    /// <exception cref="RefusedTargetException">It is not on this machine.</exception>
    public Connector Next(UrlTemplate template, string channel, int number, string? subprotocol)
    {
        var url = template.Fill(gateways[_next++ % gateways.Count], channel, number);
        if (_connectors.TryGetValue((url, subprotocol), out var known))
        {
            return known;
        }

        var uri = new Uri(url);
        var connector = new Connector(uri, new IPEndPoint(Resolve(uri.Host), uri.Port), subprotocol);
        if (!template.NumbersConnections)
        {
            _connectors.Add((url, subprotocol), connector);
        }

        return connector;
    }

    private IPAddress Resolve(string host)
    {
        if (_hosts.TryGetValue(host, out var known))
        {
            return known;
        }

        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var given) ? [given] : Dns.GetHostAddresses(host);
        var address = addresses.FirstOrDefault(IPAddress.IsLoopback) ?? addresses[0];
        if (!IPAddress.IsLoopback(address) && !allowsRemote)
        {
            throw new RefusedTargetException($"{host} is not this machine. A load test can take a service down: say --allow-remote if it is yours.");
        }

        return _hosts[host] = address;
    }
}

/// <summary>The target must not be loaded.</summary>
internal sealed class RefusedTargetException(string message) : Exception(message);

/// <summary>The target doesn't take the connections without which there is nothing to measure.</summary>
internal sealed class UnreachableTargetException(string message) : Exception(message);
