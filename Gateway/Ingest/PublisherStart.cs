using System.Text.RegularExpressions;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>Who publishes, and whether the channel begins anew: <c>?publisher=</c> and <c>?start=</c> of a publisher's address.</summary>
/// <param name="PublisherId">The name, one of the relay's own where none was given.</param>
/// <param name="StartsAnew">Whether the buffer is emptied.</param>
internal sealed partial record PublisherStart(string PublisherId, bool StartsAnew)
{
    /// <summary>The grammar of a publisher's name, the same as a channel's own name.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9._~-]{1,64}\z")]
    private static partial Regex PublisherIdPattern { get; }

    /// <summary>What is wrong with a publisher's name; null when nothing is.</summary>
    public static string? FaultOf(string publisherId) =>
        PublisherIdPattern.IsMatch(publisherId) ? null : "publisher must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '~' and '-'.";

    /// <summary>Reads the query.</summary>
    /// <returns>False with what is wrong with it.</returns>
    public static bool TryParse(IQueryCollection query, out PublisherStart start, out string error)
    {
        var publisherId = query.TryGetValue("publisher", out var given) ? given.ToString() : "ws-" + Guid.NewGuid().ToString("N");
        var isGiven = query.TryGetValue("start", out var value);
        start = new PublisherStart(publisherId, isGiven);
        error = FaultOf(publisherId) ?? (isGiven && value != "new" ? $"start is '{value}'; it must be new." : "");
        return error.Length == 0;
    }
}
