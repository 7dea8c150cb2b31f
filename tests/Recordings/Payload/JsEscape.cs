using System.Globalization;
using System.Text;

namespace OrleansRelay.Recordings.Payload;

/// <summary>
/// JavaScript's legacy <c>escape</c> and <c>unescape</c> (ECMA-262, annex B.2.1): <c>%XX</c> for a UTF-16 code unit below 256, <c>%uXXXX</c> above.
/// Not <c>encodeURIComponent</c>: the dashboards' viewer page turns percent-encoded UTF-8 into mojibake.
/// </summary>
internal static class JsEscape
{
    private const string Unescaped = "@*_+-./";

    /// <summary>What <c>escape(text)</c> gives.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length * 2);
        foreach (var unit in text)
        {
            if (char.IsAsciiLetterOrDigit(unit) || Unescaped.Contains(unit, StringComparison.Ordinal))
            {
                escaped.Append(unit);
            }
            else
            {
                escaped.Append(unit < 256 ? "%" : "%u").Append(((int)unit).ToString(unit < 256 ? "X2" : "X4", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }

    /// <summary>What <c>unescape(text)</c> gives: an escape that isn't well formed stays as it is.</summary>
    public static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var (start, digits) = text[i] != '%' ? (0, 0) : i + 1 < text.Length && text[i + 1] == 'u' ? (i + 2, 4) : (i + 1, 2);
            if (digits > 0 && start + digits <= text.Length
                && ushort.TryParse(text.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                plain.Append((char)unit);
                i = start + digits - 1;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
