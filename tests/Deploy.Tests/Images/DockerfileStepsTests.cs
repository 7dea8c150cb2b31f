using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace OrleansRelay.Deploy.Tests.Images;

/// <summary>What comes of the Dockerfiles' own steps. Not run: the base images themselves.</summary>
public sealed class DockerfileStepsTests(BuiltImages images) : IClassFixture<BuiltImages>
{
    /// <summary>The id that the variable APP_UID of Microsoft's images has.</summary>
    private const string AppUser = "1654";

    public static TheoryData<string> Project => [.. Dockerfile.Names];

    [Theory]
    [MemberData(nameof(Project))]
    public async Task StepsMakeWhatTheEntryPointStarts(string project)
    {
        var app = Path.Combine(await images.GetAsync(project), "app");

        Assert.True(File.Exists(Path.Combine(app, $"OrleansRelay.{project}.dll")));
        Assert.Equal(["Microsoft.AspNetCore.App", "Microsoft.NETCore.App"], FrameworksOf(Path.Combine(app, $"OrleansRelay.{project}.runtimeconfig.json")));
        Assert.True(File.Exists(Path.Combine(app, "wwwroot", "index.html")));
    }

    /// <summary>The silo's image serves alone, so it needs no database to be shown.</summary>
    [NeedsRootTheory]
    [InlineData("Silo")]
    public async Task TheImageServesAsAUserWithoutRightsOnAReadOnlyRootAndStopsWell(string project)
    {
        var image = await images.GetAsync(project);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var process = Start(project, image);
        try
        {
            await ServeAndStopAsync(process, deadline.Token);
        }
        finally
        {
            // A test that fails must not leave the relay behind.
            process.Kill();
        }
    }

    private static async Task ServeAndStopAsync(Process process, CancellationToken cancellationToken)
    {
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var address = await AddressAsync(process, cancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        foreach (var probe in (string[])["startup", "ready", "live"])
        {
            await ProbeAsync(http, probe, cancellationToken);
        }

        var published = await http.PostAsync("streamer/kitchen", new StringContent("hello"), cancellationToken);
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync(cancellationToken));
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        _ = process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
    }

    /// <summary>Starts an image's entry point as Kubernetes would: everything read-only but its volumes, no capability, no right to gain one.</summary>
    private static Process Start(string project, string image)
    {
        var stage = Dockerfile.Read(project)[^1];
        var variables = stage.Variables().Where(pair => !pair.Value.StartsWith('$')).ToDictionary();
        variables["ASPNETCORE_HTTP_PORTS"] = "0";
        variables["Storage__Directory"] = "/mnt/data";
        variables["TMPDIR"] = "/mnt/tmp";
        variables["PATH"] = Environment.GetEnvironmentVariable("PATH")!;
        variables["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "..", "..", "..", ".."));
        var settings = string.Join(' ', variables.Select(pair => $"'{pair.Key}={pair.Value}'"));
        var entry = string.Join(' ', JsonSerializer.Deserialize<string[]>(stage.Named("ENTRYPOINT").Single().Arguments)!);
        var script = $"""
            mount --make-rprivate /
            mount -t tmpfs tmpfs /mnt
            mkdir /mnt/app /mnt/data /mnt/tmp
            chown {AppUser}:{AppUser} /mnt/data /mnt/tmp
            mount --bind '{image}/app' /mnt/app
            mount -o remount,ro,bind /mnt/app
            mount -o remount,ro,bind /
            cd /mnt/app
            exec setpriv --reuid {AppUser} --regid {AppUser} --clear-groups --bounding-set -all --no-new-privs env -i {settings} {entry}
            """;
        return Process.Start(new ProcessStartInfo("unshare", ["--mount", "/bin/sh", "-ec", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private static async Task<string> AddressAsync(Process process, CancellationToken cancellationToken)
    {
        const string Listening = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                return line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim().Replace("[::]", "127.0.0.1", StringComparison.Ordinal);
            }
        }

        throw new InvalidOperationException("The process ended before it listened: " + await process.StandardError.ReadToEndAsync(cancellationToken));
    }

    /// <summary>Asks until the answer is yes, as the kubelet does: the address is printed before the host has started, and grains answer a little later still.</summary>
    private static async Task ProbeAsync(HttpClient http, string probe, CancellationToken cancellationToken)
    {
        using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await http.GetAsync($"health/{probe}", cancellationToken) is { StatusCode: not HttpStatusCode.OK } answer)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            await period.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static string[] FrameworksOf(string runtimeConfig)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(runtimeConfig));
        return [.. config.RootElement.GetProperty("runtimeOptions").GetProperty("frameworks").EnumerateArray().Select(one => one.GetProperty("name").GetString()!).Order()];
    }
}
