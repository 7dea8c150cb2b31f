using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Operations;

/// <summary>Alarms look at numbers that exist, and the operator's page says what each means.</summary>
public sealed partial class AlarmTests
{
    private static readonly JsonNode[] Alarms = [.. Overlays.Get("production").Get("PrometheusRule", "relay").Items("/spec/groups").SelectMany(group => group.Items("/rules"))];

    [Fact]
    public void EachAlarmIsExplained()
    {
        var named = Alarms.Select(alarm => alarm.Text("/alert")!);
        var explained = OperatorPage.Table("Alarms").Select(row => row[0].Trim('`'));

        Assert.Equal(named.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EachAlarmLooksAtNumbersThatTheRelayHas()
    {
        var there = Instrument.OfTheProduct().Select(one => one.PrometheusName).ToHashSet();

        var used = Alarms.SelectMany(alarm => RelayMetric().Matches(alarm.Text("/expr")!)).Select(match => match.Value).Distinct();

        Assert.Empty(used.Except(there));
    }

    [Fact]
    public void ReasonsThatAlarmsNameAreReasonsThatTheCodeGives()
    {
        var sources = string.Concat(Repository.ProductSources());

        var reasons = Alarms.SelectMany(alarm => Reason().Matches(alarm.Text("/expr")!)).SelectMany(match => match.Groups[1].Value.Split('|'));

        Assert.All(reasons, reason => Assert.Matches($"\"{reason}\"|\\b{reason} = [0-9]", sources));
    }

    [GeneratedRegex(@"\brelay_[a-z_]+")]
    private static partial Regex RelayMetric();

    [GeneratedRegex("reason[=!~]+\"([^\"]+)\"")]
    private static partial Regex Reason();
}
