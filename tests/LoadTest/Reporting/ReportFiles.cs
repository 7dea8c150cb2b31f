using System.Text.Json;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.LoadTest.Reporting;

/// <summary>Results as JSON, and one or more of them as one HTML page that needs nothing else.</summary>
internal static class ReportFiles
{
    private const string Place = "/*RUNS*/[]";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void WriteJson(FileInfo file, RunResult result)
    {
        file.Directory?.Create();
        File.WriteAllText(file.FullName, JsonSerializer.Serialize(result, Json) + "\n");
    }

    /// <summary>Reads a result again.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static RunResult ReadJson(FileInfo file) => JsonSerializer.Deserialize<RunResult>(File.ReadAllText(file.FullName), Json)
        ?? throw new JsonException($"{file.FullName} is empty.");

    public static void WriteHtml(FileInfo file, IReadOnlyList<RunResult> results)
    {
        using var reader = new StreamReader(typeof(ReportFiles).Assembly.GetManifestResourceStream("report.html")!);

        // JSON inside a script element: only "<" could end it early, and the serializer escapes it.
        var page = reader.ReadToEnd().Replace(Place, JsonSerializer.Serialize(results, Json), StringComparison.Ordinal);
        file.Directory?.Create();
        File.WriteAllText(file.FullName, page);
    }
}
