using System.Globalization;

namespace OrleansRelay.LoadTest.Targets;

/// <summary>An address with places in it: <c>{url}</c> one of the gateways, <c>{channel}</c> the channel's name, <c>{n}</c> the connection's number.</summary>
internal sealed class UrlTemplate
{
    private static readonly string[] Places = ["url", "channel", "n"];
    private readonly string _text;

    private UrlTemplate(string text) => _text = text;

    /// <summary>Whether connections of one channel have addresses of their own.</summary>
    public bool NumbersConnections => _text.Contains("{n}", StringComparison.Ordinal);

    /// <summary>Reads a template and tries it out.</summary>
    /// <returns>False with what is wrong.</returns>
    public static bool TryParse(string text, out UrlTemplate? template, out string? error)
    {
        (template, error) = (null, null);
        for (var at = text.IndexOf('{', StringComparison.Ordinal); at >= 0; at = text.IndexOf('{', at + 1))
        {
            var end = text.IndexOf('}', at);
            if (end < 0 || !Places.Contains(text[(at + 1)..end]))
            {
                error = $"'{text}' has a place other than {{url}}, {{channel}} and {{n}}.";
                return false;
            }
        }

        var tried = new UrlTemplate(text).Fill("ws://127.0.0.1:1", "x", 1);
        if (!Uri.TryCreate(tried, UriKind.Absolute, out var url) || url.Scheme != "ws")
        {
            error = $"'{text}' must become an address like ws://127.0.0.1:8080/viewer/demo; it becomes '{tried}'. TLS (wss) is not spoken here.";
            return false;
        }

        template = new UrlTemplate(text);
        return true;
    }

    /// <summary>Reads a template that is known to be right.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static UrlTemplate Parse(string text) => TryParse(text, out var template, out var error) ? template! : throw new FormatException(error);

    /// <summary>Fills it.</summary>
    public string Fill(string gateway, string channel, int number) => _text
        .Replace("{url}", gateway.TrimEnd('/'), StringComparison.Ordinal)
        .Replace("{channel}", channel, StringComparison.Ordinal)
        .Replace("{n}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
