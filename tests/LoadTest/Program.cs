using System.CommandLine;
using OrleansRelay.LoadTest.Commands;
using OrleansRelay.LoadTest.Scenarios;

RootCommand root = new("Loads a relay from one core, checks every delivery, and says what it cost. Exit code 0 only if no message was lost, duplicated, reordered or corrupted.");
foreach (var scenario in AllScenarios.List)
{
    root.Add(ScenarioCommand.Create(scenario));
}

root.Add(ReportCommand.Create());
return await root.Parse(args).InvokeAsync();
