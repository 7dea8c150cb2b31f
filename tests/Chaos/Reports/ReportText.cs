using System.Globalization;
using OrleansRelay.Chaos.Faults;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Reports;

/// <summary>A report in words for a terminal.</summary>
internal static class ReportText
{
    private const int FindingsShown = 20;
    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>Writes it.</summary>
    public static void Write(ChaosReport report, TextWriter output)
    {
        WriteChannels(report, output);
        WriteImpacts(report, output);
        Line(output, $"delivery ms        all {Text(report.Latency)}   in peace {Text(report.LatencyInPeace)}   in faults {Text(report.LatencyInFaults)}");
        Line(output, $"machine            processes waited for a processor {report.WaitedForProcessor:P0} of the time; the tool itself stood still for {report.LongestStandstill:0.00} s at the longest");
        Line(output, $"connections ended  {string.Join(", ", report.Closes.Select(close => $"{Name(close.Key)} {close.Value}"))}");
        output.WriteLine();
        foreach (var finding in report.Channels.SelectMany(channel => channel.Findings).Take(FindingsShown))
        {
            Line(output, $"  {finding.Rule}: {finding.Channel}, {finding.Who}: {finding.What}");
        }

        foreach (var line in report.Lines)
        {
            Line(output, $"  {(line.IsKept ? "kept  " : "BROKEN")}  {line.Promise}: {line.Found}");
        }

        Line(output, $"seed {report.Settings.Seed}: {(report.IsKept ? "every promise was kept" : "PROMISES WERE BROKEN")}");
    }

    private static void WriteChannels(ChaosReport report, TextWriter output)
    {
        Line(output, $"{"channel",-18} {"published",10} {"acked",10} {"stored",10}   delivered to each viewer            findings");
        foreach (var channel in report.Channels)
        {
            var delivered = channel.DeliveredToEachViewer.Values;
            Line(output, $"{channel.Channel,-18} {channel.Published,10} {channel.Acknowledged,10} {channel.Stored,10}   {delivered.Min()}..{delivered.Max()} by {delivered.Count()} viewers, {channel.Epochs} epoch(s)   {channel.Findings.Count}");
        }

        Line(output, $"{"all",-18} {report.Channels.Sum(channel => channel.Published),10} {report.Channels.Sum(channel => channel.Acknowledged),10} {report.Channels.Sum(channel => channel.Stored),10}   {report.Channels.Sum(channel => channel.DeliveredToEachViewer.Values.Sum())} deliveries");
        output.WriteLine();
    }

    private static void WriteImpacts(ChaosReport report, TextWriter output)
    {
        Line(output, $"{"at s",7}  {"fault",-20} {"publish pause s",15} {"delivery pause s",16} {"all served after s",18} {"whole after s",13} {"closed properly",15} {"by force",8} {"machine busy",12}");
        foreach (var impact in report.Impacts)
        {
            var (fault, whole) = (impact.Fault, impact.Fault.WholeAt > 0 ? (impact.Fault.WholeAt - impact.Fault.At) / 1e6 : double.NaN);
            Line(output, $"{fault.At / 1e6,7:0.0}  {Name(fault),-20} {impact.PublishPauses.DefaultIfEmpty().Max(),15:0.00} {impact.DeliveryPauses.DefaultIfEmpty().Max(),16:0.00} {impact.RecoveredAfter,18:0.0} {whole,13:0.0} {impact.ProperCloses,15} {impact.ForcedCloses,8} {fault.WaitedForProcessor,12:P0}");
        }

        output.WriteLine();
        Line(output, $"{"fault",-20} {"times",5}   {"publish pause s: p50",20} {"p99",6} {"max",6}   {"delivery pause s: p50",21} {"p99",6} {"max",6}   {"all served after s: max",23}");
        foreach (var group in report.Impacts.GroupBy(impact => Name(impact.Fault).TrimEnd(Digits)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var publish = Percentiles.Of(group.SelectMany(impact => impact.PublishPauses));
            var delivery = Percentiles.Of(group.SelectMany(impact => impact.DeliveryPauses));
            Line(output, $"{group.Key,-20} {group.Count(),5}   {publish.P50,20:0.00} {publish.P99,6:0.00} {publish.Max,6:0.00}   {delivery.P50,21:0.00} {delivery.P99,6:0.00} {delivery.Max,6:0.00}   {group.Max(impact => impact.RecoveredAfter),23:0.0}");
        }

        output.WriteLine();
    }

    private static string Name(Fault fault) => $"{fault.Kind} {fault.Target}";

    private static string Text(Percentiles values) => string.Create(CultureInfo.InvariantCulture, $"p50 {values.P50:0.0} p99 {values.P99:0.0} max {values.Max:0}");

    private static string Name(int code) => code switch { CloseCodes.Broken => "broken", CloseCodes.Silent => "silent", CloseCodes.Moved => "moved by themselves", _ => code.ToString(CultureInfo.InvariantCulture) };

    private static void Line(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
