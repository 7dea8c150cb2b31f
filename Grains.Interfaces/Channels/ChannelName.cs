using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansRelay.Channels;

/// <summary>The name of a channel: an optional namespace and a name, parsed once at the border and trusted inside.</summary>
/// <remarks>
/// Grammar: <c>[namespace "/"] name</c>. A namespace is 1 to 32 of <c>a-z 0-9 -</c> and starts with a letter; a name is 1 to 64 of
/// <c>A-Z a-z 0-9 . _ ~ -</c> (the unreserved characters of RFC 3986, so that no URL escapes it) and starts with a letter or digit.
/// Names are case-sensitive. Every name of seed 000 (<c>[a-z]+</c>) up to that length is a valid one.
/// </remarks>
public readonly record struct ChannelName
{
    /// <summary>Longest namespace, in characters.</summary>
    public const int MaxNamespaceLength = 32;

    /// <summary>Longest name without its namespace, in characters.</summary>
    public const int MaxNameLength = 64;

    private static readonly SearchValues<char> NamespaceCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");

    private ChannelName(string value, int namespaceLength)
    {
        Value = value;
        Namespace = value[..namespaceLength];
    }

    /// <summary>The whole name as it stands in a URL: <c>chess</c> or <c>chat/chess</c>. It is the channel grain's key.</summary>
    public string Value { get; }

    /// <summary>The part before the slash, or empty. It selects the channel's default options.</summary>
    public string Namespace { get; }

    /// <summary>Parses a name that is known to be good, such as a grain's key.</summary>
    /// <exception cref="FormatException">The text is not a channel name.</exception>
    public static ChannelName Parse(string text) =>
        TryParse(text, out var name, out var error) ? name : throw new FormatException(error);

    /// <summary>Parses a name that came from outside.</summary>
    /// <param name="text">What stood in the URL, decoded.</param>
    /// <param name="name">The name, when the answer is true.</param>
    /// <param name="error">What is wrong with it and what would be right, when the answer is false.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out ChannelName name, [NotNullWhen(false)] out string? error)
    {
        name = default;
        error = null;
        if (string.IsNullOrEmpty(text))
        {
            error = "A channel needs a name.";
            return false;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var space = slash < 0 ? [] : text.AsSpan(0, slash);
        var own = text.AsSpan(slash + 1);
        if (slash >= 0 && (space.Length is 0 or > MaxNamespaceLength || !char.IsAsciiLetterLower(space[0]) || space.ContainsAnyExcept(NamespaceCharacters)))
        {
            error = $"The namespace before the slash must be 1 to {MaxNamespaceLength} of a-z, 0-9 and -, starting with a letter.";
        }
        else if (own.Length is 0 or > MaxNameLength || !char.IsAsciiLetterOrDigit(own[0]) || own.ContainsAnyExcept(NameCharacters))
        {
            error = $"A channel's name must be 1 to {MaxNameLength} of A-Z, a-z, 0-9, '.', '_', '~' and '-', starting with a letter or digit.";
        }
        else
        {
            name = new ChannelName(text, Math.Max(slash, 0));
        }

        return error is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
