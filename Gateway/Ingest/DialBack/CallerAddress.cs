using System.Net;
using System.Net.Sockets;

namespace OrleansRelay.Gateway.Ingest.DialBack;

/// <summary>Decides whether a caller may be called back, and how its address is written in a URL.</summary>
internal static class CallerAddress
{
    // Loopback, private, carrier-grade NAT, link-local and unspecified ranges: RFC 1122, 1918, 6598, 3927, 4193, 4291.
    private static readonly IPNetwork[] PrivateRanges =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    /// <summary>Whether the policy lets this caller be called.</summary>
    public static bool IsAllowed(IPAddress caller, DialBackAddresses policy)
    {
        var address = caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller;
        var isPrivate = PrivateRanges.Any(range => range.Contains(address));
        return policy switch
        {
            DialBackAddresses.Public => !isPrivate,
            DialBackAddresses.Private => isPrivate,
            _ => true,
        };
    }

    /// <summary>The dashboard's URL at a caller.</summary>
    public static Uri ToDashboard(IPAddress caller, int port, string path)
    {
        var address = caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller;
        var host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        return new Uri($"ws://{host}:{port}{path}");
    }
}
