using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace OrleansRelay.Gateway.Deflate;

/// <summary>Chooses among a client's offers of permessage-deflate (RFC 7692, sections 5.1 and 7.1).</summary>
/// <remarks>
/// <code>
///   Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10, permessage-deflate; client_max_window_bits
///                             └────────── the first choice ───────────────┘  └─────────── the second ───────────────┘
/// </code>
/// The framework's own parser takes offers that the RFC has a server decline (unknown parameters, a server window without a value) and
/// would shrink the server's window for one client, where all viewers share the same bytes. So the choice is made here, and the framework
/// is shown nothing but the chosen offer.
/// </remarks>
internal static class DeflateOffer
{
    private const string Extension = "permessage-deflate";
    private const string ServerNoContextTakeover = "server_no_context_takeover";
    private const string ClientNoContextTakeover = "client_no_context_takeover";
    private const string ServerMaxWindowBits = "server_max_window_bits";
    private const string ClientMaxWindowBits = "client_max_window_bits";

    /// <summary>The window that every client has, and the framework's smallest: zlib has no raw DEFLATE with 8 bits.</summary>
    private const int LargestWindowBits = 15;
    private const int SmallestOfFramework = 9;

    /// <summary>Chooses the first offer that can be met.</summary>
    /// <param name="header">The values of Sec-WebSocket-Extensions.</param>
    /// <param name="windowBits">The window of messages to viewers.</param>
    /// <param name="chosen">The offer as the framework is to see it: to it the relay adds what it insists on, that each message stands alone in both directions.</param>
    public static bool TryChoose(IEnumerable<string?> header, int windowBits, [NotNullWhen(true)] out string? chosen)
    {
        chosen = header.SelectMany(value => Split(value ?? "", ',')).Select(offer => Meet(offer, windowBits)).FirstOrDefault(met => met is not null);
        return chosen is not null;
    }

    /// <returns>Null when the offer is another extension's, is malformed, or can't be met.</returns>
    private static string? Meet(string offer, int windowBits)
    {
        var parts = Split(offer, ';');
        if (parts[0] != Extension)
        {
            return null;
        }

        var met = new StringBuilder($"{Extension}; {ClientNoContextTakeover}");
        var seen = new HashSet<string>();
        foreach (var part in parts.Skip(1))
        {
            var (name, value) = Parameter(part);
            var bits = BitsOf(value);
            if (!seen.Add(name))
            {
                return null;
            }

            switch (name)
            {
                case ServerNoContextTakeover or ClientNoContextTakeover when value is null:
                    break;
                case ServerMaxWindowBits when bits >= windowBits:
                    met.Append(CultureInfo.InvariantCulture, $"; {ServerMaxWindowBits}={windowBits}");
                    break;
                case ClientMaxWindowBits when bits >= SmallestOfFramework:
                    met.Append(CultureInfo.InvariantCulture, $"; {ClientMaxWindowBits}={bits}");
                    break;
                case ClientMaxWindowBits when value is null || bits is not null:
                    // Only a hint, and nothing is answered to it: the largest window inflates every smaller one.
                    break;
                default:
                    return null;
            }
        }

        return met.ToString();
    }

    private static (string Name, string? Value) Parameter(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, null) : (text[..equals].TrimEnd(), Unquote(text[(equals + 1)..].TrimStart()));
    }

    /// <summary>A value of digits may stand in quotes (RFC 6455, section 9.1).</summary>
    private static string Unquote(string value) => value is ['"', .. var inner, '"'] ? inner : value;

    private static int? BitsOf(string? value) =>
        value is [>= '1' and <= '9', ..] && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits is >= 8 and <= LargestWindowBits ? bits : null;

    /// <summary>Splits where no quotes are open.</summary>
    private static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var (start, isQuoted) = (0, false);
        for (var index = 0; index < text.Length; index++)
        {
            isQuoted ^= text[index] == '"';
            if (text[index] == separator && !isQuoted)
            {
                parts.Add(text[start..index].Trim());
                start = index + 1;
            }
        }

        parts.Add(text[start..].Trim());
        return parts;
    }
}
