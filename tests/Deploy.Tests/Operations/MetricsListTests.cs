namespace OrleansRelay.Deploy.Tests.Operations;

/// <summary>The operator's list of metrics is the code's.</summary>
public sealed class MetricsListTests
{
    [Fact]
    public void TheOperatorsPageListsExactlyTheInstrumentsOfTheCode()
    {
        var made = Instrument.OfTheProduct().Select(one => $"{one.Name} {KindInWords(one.Kind)} {one.Unit}");
        var listed = OperatorPage.Table("Metrics").Select(row => $"{row[0].Trim('`')} {row[1]} {row[2].Trim('`')}");

        Assert.Equal(made.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EachIsListedWithItsNameInPrometheus()
    {
        var made = Instrument.OfTheProduct().Select(one => one.PrometheusName);
        var listed = OperatorPage.Table("Metrics").Select(row => row[3].Trim('`'));

        Assert.Equal(made.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NoInstrumentIsMadeInAWayThatThisTestDoesNotSee()
    {
        var calls = Repository.ProductSources().Sum(source => System.Text.RegularExpressions.Regex.Count(source, @"\.Create(Observable)?(Counter|UpDownCounter|Gauge|Histogram)<"));

        Assert.Equal(calls, Instrument.OfTheProduct().Count);
    }

    private static string KindInWords(string kind) => kind.Replace("Observable", "", StringComparison.Ordinal) switch
    {
        "Counter" => "counter",
        "UpDownCounter" or "Gauge" => "gauge",
        "Histogram" => "histogram",
        var other => throw new NotSupportedException(other),
    };
}
