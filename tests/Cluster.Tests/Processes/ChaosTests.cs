using OrleansRelay.Chaos;
using OrleansRelay.Chaos.Reports;
using Xunit.Abstractions;

namespace OrleansRelay.Cluster.Tests.Processes;

/// <summary>A minute of <c>./relay chaos</c>. What must never break is asserted here; how long things take is for the machine that runs the full one.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [NeedsPostgresFact]
    public Task AMinuteOfKillsStopsAndPausesLosesDoublesAndReordersNothing() => BreakAsync(gateways: 2, TimeSpan.FromMinutes(1), kinds: 3);

    /// <summary>Publishers and viewers beside their channel's activation take the short way, and leave it when the activation moves.</summary>
    [NeedsPostgresFact]
    public Task NorDoesHalfAMinuteWhereTheSilosServeAsGateways() => BreakAsync(gateways: 0, TimeSpan.FromSeconds(30), kinds: 2);

    private async Task BreakAsync(int gateways, TimeSpan time, int kinds)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("relay-chaos-test-").FullName;
        var settings = new ChaosSettings { Seed = 3, For = time, Gateways = gateways, Viewers = 16, PostgresFor = TimeSpan.FromSeconds(8) };

        var report = await ChaosRun.RunAsync(settings, folder, TextWriter.Null, CancellationToken.None);

        using var text = new StringWriter();
        ReportText.Write(report, text);
        output.WriteLine(text.ToString());
        Assert.Empty(report.Channels.SelectMany(channel => channel.Findings).Select(finding => finding.ToString()));
        Assert.All(report.Channels, channel => Assert.Equal(1, channel.Epochs));
        Assert.All(report.Channels, channel => Assert.True(channel.Acknowledged > 0));
        Assert.True(report.Impacts.Select(impact => impact.Fault.Kind).Distinct().Count() >= kinds);
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
