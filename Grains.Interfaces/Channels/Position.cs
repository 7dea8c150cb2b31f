using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansRelay.Channels;

/// <summary>Where a message stands in its channel: which continuous run of the channel, and which place in it.</summary>
/// <remarks>
/// Both are needed. Offsets alone look right after a channel lost its buffer and began again at 1: a viewer that comes back with
/// offset 40 would be told that it missed nothing while 40 other messages went by. The epoch changes whenever continuity can't be
/// promised, so a position of another epoch is known to be stale.
/// </remarks>
[GenerateSerializer, Immutable, Alias("relay.position")]
public readonly record struct Position
{
    /// <summary>Creates a position.</summary>
    public Position(long epoch, long offset)
    {
        Epoch = epoch;
        Offset = offset;
    }

    /// <summary>The run of the channel: milliseconds since 1970 at its begin, raised so that it always grows.</summary>
    [Id(0)]
    public long Epoch { get; init; }

    /// <summary>The place in the run: the first message has 1, the next 2, without gaps. 0 is the place before the first.</summary>
    [Id(1)]
    public long Offset { get; init; }

    /// <summary>Reads the form <c>epoch:offset</c> that <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Position position)
    {
        position = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0
            || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            || !long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        position = new Position(epoch, offset);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}
