using System.ComponentModel;
using System.Text.Json;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>A script of <c>npm/</c> in Node.js, spoken to in lines of JSON.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly ChildProcess _process;

    private NodeProcess(ChildProcess process) => _process = process;

    public static NodeProcess Start(string script, params string[] arguments)
    {
        if (!System.IO.Directory.Exists(Path.Combine(Repository.NodeScripts, "node_modules", "ws")))
        {
            throw MachineParts.Missing(MachineParts.Node, "its packages are not installed");
        }

        try
        {
            return new(ChildProcess.Start("node", [script, .. arguments], Repository.NodeScripts));
        }
        catch (Win32Exception e)
        {
            throw MachineParts.Missing(MachineParts.Node, e.Message);
        }
    }

    public async Task<T> ReadAsync<T>(string what)
        => JsonSerializer.Deserialize<T>(await _process.ReadLineAsync().WithinTest(what), Json)!;

    public Task WriteAsync<T>(T value) => _process.WriteLineAsync(JsonSerializer.Serialize(value, Json));

    /// <summary>What it printed last.</summary>
    public string LastWords => _process.LastWords;

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> ExitAsync() => _process.WaitForExitAsync();

    /// <summary>Tells it that nothing more comes.</summary>
    public void EndInput() => _process.EndInput();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
