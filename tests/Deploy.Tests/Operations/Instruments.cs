using System.Text.RegularExpressions;

namespace OrleansRelay.Deploy.Tests.Operations;

/// <summary>An instrument that the code makes.</summary>
internal sealed record Instrument(string Name, string Kind, string Unit)
{
    /// <summary>Its name in Prometheus after OTLP: dots to underscores, the unit and, of a counter, <c>_total</c> behind; a unit in braces is a remark.</summary>
    public string PrometheusName
    {
        get
        {
            var unit = Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
            var name = Name.Replace('.', '_');
            return (name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit) + (Kind.EndsWith("Counter", StringComparison.Ordinal) && !Kind.EndsWith("UpDownCounter", StringComparison.Ordinal) ? "_total" : "");
        }
    }

    /// <summary>Every instrument in the product's sources.</summary>
    public static IReadOnlyList<Instrument> OfTheProduct() =>
    [
        .. Repository.ProductSources()
            .SelectMany(source => Creation.Matches(source))
            .Select(match => new Instrument(match.Groups["name"].Value, match.Groups["kind"].Value, match.Groups["unit"].Value)),
    ];

    /// <summary>The two forms in which ours are made: with a value handed over, or with a function that is asked for it.</summary>
    private static readonly Regex Creation = new("""Create(?<kind>\w+)<\w+>\(\s*"(?<name>[a-z.]+)",\s*(?:[^"]*?,\s*)?(?:unit: )?"(?<unit>[^"]*)",""");
}
