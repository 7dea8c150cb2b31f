using System.CommandLine;
using System.Text.Json;
using OrleansRelay.LoadTest.Commands;
using OrleansRelay.LoadTest.Scenarios;

namespace OrleansRelay.LoadTest.Tests.Running;

/// <summary>Runs the load tester as its command line does.</summary>
internal static class Loading
{
    /// <summary>Runs a scenario.</summary>
    public static async Task<Loaded> RunAsync(string scenario, params string[] flags)
    {
        var json = Path.GetTempFileName();
        try
        {
            using StringWriter output = new(), errors = new();
            var command = ScenarioCommand.Create(AllScenarios.List.Single(one => one.Name == scenario));
            var configuration = new InvocationConfiguration { Output = output, Error = errors };
            var exitCode = await Task.Run(() => command.Parse([.. flags, "--json", json, "--quiet"]).InvokeAsync(configuration))
                .WithinTest($"{scenario} to end");
            var text = await File.ReadAllTextAsync(json);
            return new Loaded(exitCode, output.ToString(), errors.ToString(), text.Length > 0 ? JsonDocument.Parse(text).RootElement : default);
        }
        finally
        {
            File.Delete(json);
        }
    }

    /// <summary>Runs a scenario for two seconds against a relay of its own and checks that each message was delivered.</summary>
    public static async Task LoseNothingAsync(string scenario, string[] flags)
    {
        await using var relay = await RelayHost.StartAsync();

        var loaded = await RunAsync(
            scenario, ["--url", relay.WebSocketAddress.ToString(), "--duration", "2", "--warm-up", "0.2", "--server-pid", $"{Environment.ProcessId}", .. flags]);

        Assert.True(loaded.ExitCode == 0, loaded.Output + loaded.Errors);
        Assert.True(loaded.Check("delivered") > 0, loaded.Output);
    }

    /// <summary>What a run came to.</summary>
    internal sealed record Loaded(int ExitCode, string Output, string Errors, JsonElement Json)
    {
        public long Check(string name) => Json.GetProperty("checks").GetProperty(name).GetInt64();

        public double Extra(string name) => Json.GetProperty("extras").GetProperty(name).GetDouble();
    }
}
