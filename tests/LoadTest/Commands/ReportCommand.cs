using System.CommandLine;
using OrleansRelay.LoadTest.Reporting;

namespace OrleansRelay.LoadTest.Commands;

/// <summary><c>report --html FILE run.json…</c>: several runs side by side on one page.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Option<FileInfo> html = new("--html") { Description = "The page to write.", Required = true };
        Argument<FileInfo[]> runs = new("runs") { Description = "Results that were written by --json.", Arity = ArgumentArity.OneOrMore };
        Command command = new("report", "Draws one page of several runs.") { html, runs };
        command.SetAction(arguments =>
        {
            ReportFiles.WriteHtml(arguments.GetRequiredValue(html), [.. arguments.GetRequiredValue(runs).Select(ReportFiles.ReadJson)]);
            return 0;
        });
        return command;
    }
}
