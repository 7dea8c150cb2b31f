using System.Globalization;

namespace OrleansRelay.Settings;

/// <summary>A number of bytes as people write it in settings: <c>1048576</c>, <c>512KiB</c>, <c>10 MB</c>.</summary>
/// <remarks>Units go by 1,024, with and without an i, as in PostgreSQL, Redis and NATS. Letters may be large or small.</remarks>
public static class ByteSize
{
    /// <summary>How one is written, for errors.</summary>
    public const string Form = "a number of bytes such as 1048576, 512KiB or 10MB";

    /// <summary>The first letters of the units; each is 1,024 of the one before.</summary>
    private const string Units = "KMGT";

    /// <summary>Reads one.</summary>
    /// <param name="text">What stands in the settings.</param>
    /// <param name="bytes">0 to <see cref="long.MaxValue"/>.</param>
    /// <returns>False when it is none, or larger.</returns>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? trimmed[..end] : trimmed;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && TryReadUnit(trimmed[digits.Length..].TrimStart(), out var shift)
            && count <= long.MaxValue >> shift
            && (bytes = count << shift) >= 0;
    }

    /// <summary>Reads what follows the number: nothing, <c>B</c>, <c>K</c>, <c>KB</c>, <c>KiB</c> and so on.</summary>
    private static bool TryReadUnit(ReadOnlySpan<char> unit, out int shift)
    {
        shift = 0;
        if (unit.Length == 0 || unit.Equals("B", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var power = Units.IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal) + 1;
        shift = 10 * power;
        var rest = unit[1..];
        return power > 0 && (rest.Length == 0 || rest.Equals("B", StringComparison.OrdinalIgnoreCase) || rest.Equals("iB", StringComparison.OrdinalIgnoreCase));
    }
}
