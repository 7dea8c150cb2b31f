using System.CommandLine;
using OrleansRelay.LoadTest.Reporting;
using OrleansRelay.LoadTest.Running;
using OrleansRelay.LoadTest.Scenarios;
using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Commands;

/// <summary>One scenario as a command: run it, write what was asked for, answer with 0 only if every delivery was right.</summary>
internal static class ScenarioCommand
{
    /// <summary>A delivery was lost or wrong, or a connection failed.</summary>
    public const int Failed = 1;

    /// <summary>The command can't be carried out.</summary>
    public const int Refused = 2;

    public static Command Create(IScenario scenario)
    {
        var flags = new LoadFlags(scenario.Adjust(Defaults(scenario.Name)));
        Command command = new(scenario.Name, scenario.Question);
        foreach (var flag in flags.All)
        {
            command.Add(flag);
        }

        command.SetAction((arguments, cancellationToken) =>
        {
            var configuration = arguments.InvocationConfiguration;
            return Task.FromResult(Run(scenario, flags.Read(arguments), configuration.Output, configuration.Error, cancellationToken));
        });
        return command;
    }

    /// <summary>What every scenario starts from: the relay's own addresses on this machine.</summary>
    public static LoadOptions Defaults(string scenario) => new()
    {
        Scenario = scenario,
        Gateways = ["ws://127.0.0.1:8080"],
        PublishUrl = UrlTemplate.Parse("{url}/streamer/{channel}"),
        ViewUrl = UrlTemplate.Parse("{url}/viewer/{channel}"),
        LiveUrl = UrlTemplate.Parse("{url}/viewer/{channel}?from=live"),
    };

    /// <summary>Runs a scenario.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(IScenario scenario, LoadOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        try
        {
            using var run = new LoadRun(options, output, cancellationToken);
            scenario.Run(run);
            var result = Results.Of(run, scenario, startedAt);
            ConsoleReport.Write(output, result);
            if (options.JsonFile is { } json)
            {
                ReportFiles.WriteJson(json, result);
            }

            if (options.HtmlFile is { } html)
            {
                ReportFiles.WriteHtml(html, [result]);
            }

            return result.Passed ? 0 : Failed;
        }
        catch (RefusedTargetException exception)
        {
            errors.WriteLine(exception.Message);
            return Refused;
        }
        catch (UnreachableTargetException exception)
        {
            errors.WriteLine(exception.Message);
            return Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine("Stopped before the end: no result.");
            return Refused;
        }
    }
}
