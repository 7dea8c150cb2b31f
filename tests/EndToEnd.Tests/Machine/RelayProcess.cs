using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>The real product: the silo's assembly in a process of its own, on a free loopback port, with a data folder of its own.</summary>
public sealed partial class RelayProcess : IAsyncLifetime
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("relay-end-to-end-").FullName;
    private ChildProcess? _process;

    /// <summary>Where it serves, like <c>http://127.0.0.1:41234/</c>. A restart keeps it.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Settings as environment variables, such as <c>Deflate__IsEnabled</c>; set before it starts.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public Uri WebSocketAddress => new UriBuilder(Address) { Scheme = "ws" }.Uri;

    public static string NewChannel() => $"c{Guid.NewGuid():N}"[..12];

    public async Task InitializeAsync()
    {
        if (!File.Exists(Repository.SiloAssembly))
        {
            throw new InvalidOperationException($"{Repository.SiloAssembly} is not built.");
        }

        _process = ChildProcess.Start("dotnet", [Repository.SiloAssembly], _directory, new Dictionary<string, string?>(Settings)
        {
            ["ASPNETCORE_URLS"] = Address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Storage__Directory"] = Path.Combine(_directory, "data"),
            ["DOTNET_gcServer"] = "0",
            ["PORT"] = null,
        });
        Address = await ReadAddressAsync(_process).WithinTest("the relay to say where it listens");
    }

    /// <summary>Stops it as an operator does (SIGTERM), and starts it again at the same address with the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await InitializeAsync();
    }

    public async Task StopAsync()
    {
        var exitCode = await _process!.TerminateAsync().WithinTest("the relay to end after SIGTERM");
        Assert.True(exitCode == 0, $"The relay ended with {exitCode}:{Environment.NewLine}{_process.LastWords}");
    }

    /// <summary>A channel's facts.</summary>
    public async Task<JsonElement> GetChannelAsync(string channel)
    {
        using HttpClient http = new() { BaseAddress = Address };
        return await http.GetFromJsonAsync<JsonElement>($"api/channels/{channel}");
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private static async Task<Uri> ReadAddressAsync(ChildProcess process)
    {
        while (true)
        {
            if (ListeningLine().Match(await process.ReadLineAsync()) is { Success: true } match)
            {
                return new Uri(match.Groups["address"].Value);
            }
        }
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://\S+)")]
    private static partial Regex ListeningLine();
}

[CollectionDefinition(Name)]
public sealed class RelayCollection : ICollectionFixture<RelayProcess>, ICollectionFixture<ChromiumFixture>
{
    public const string Name = "one relay";
}
