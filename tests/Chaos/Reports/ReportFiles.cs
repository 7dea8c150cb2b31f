using System.IO.Compression;
using System.Text.Json;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Reports;

/// <summary>The report as JSON, and the whole history as one line a thing, so that a failure can be traced.</summary>
internal static class ReportFiles
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes <c>report.json</c> and <c>history.txt.gz</c>.</summary>
    public static async Task WriteAsync(string folder, ChaosReport report, IEnumerable<ChannelHistory> histories)
    {
        await using (var file = File.Create(Path.Combine(folder, "report.json")))
        {
            await JsonSerializer.SerializeAsync(file, report, Indented);
        }

        await using var packed = new GZipStream(File.Create(Path.Combine(folder, "history.txt.gz")), CompressionLevel.Fastest);
        await using var lines = new StreamWriter(packed);
        foreach (var history in histories)
        {
            foreach (var publisher in history.Publishers)
            {
                foreach (var happened in publisher.Events)
                {
                    await lines.WriteLineAsync($"{history.Channel} {publisher.Publisher} {happened}");
                }
            }

            foreach (var viewer in history.Viewers)
            {
                foreach (var happened in viewer.Events)
                {
                    await lines.WriteLineAsync($"{history.Channel} {viewer.Viewer} {happened}");
                }
            }
        }
    }
}
