namespace OrleansRelay.Deploy.Tests.Images;

/// <summary>The file systems that the Dockerfiles' steps make, run in clean folders in the place of images: as far as it goes without a container engine.</summary>
/// <remarks>
/// COPY takes what .dockerignore lets through; RUN runs in the shell with the paths of the image put below the clean folder; the final stage's
/// COPY --from makes the image's file system. The base images are this machine's own SDK and runtime.
/// </remarks>
public sealed class BuiltImages : IDisposable
{
    /// <summary>A restore or a Release build takes 15 s on two idle cores, and these are shared.</summary>
    private static readonly TimeSpan StepWithin = TimeSpan.FromMinutes(8);

    /// <summary>What `dotnet test` put into this process must not reach the build: an image's build has none of it.</summary>
    private static readonly Dictionary<string, string?> CleanEnvironment = new()
    {
        ["MSBUILD_EXE_PATH"] = null,
        ["MSBuildSDKsPath"] = null,
        ["MSBuildExtensionsPath"] = null,
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["UseSharedCompilation"] = "false",
    };

    private readonly ScratchFolder _scratch = new();
    private readonly Dictionary<string, Task<string>> _built = [];

    /// <returns>The root of an image's file system, built on the first call.</returns>
    public Task<string> GetAsync(string project)
    {
        if (!_built.TryGetValue(project, out var image))
        {
            _built[project] = image = BuildAsync(project);
        }

        return image;
    }

    public void Dispose() => _scratch.Dispose();

    private async Task<string> BuildAsync(string project)
    {
        var stages = Dockerfile.Read(project);
        var build = Path.Combine(_scratch.Path, project, "build");
        var image = Path.Combine(_scratch.Path, project, "image");
        await RunBuildAsync(stages[0], build);
        CopyImage(stages[^1], build, image);
        return image;
    }

    private static async Task RunBuildAsync(Stage stage, string root)
    {
        var context = new BuildContext(Repository.Read(".dockerignore"));
        var directory = "/";
        foreach (var step in stage.Instructions)
        {
            switch (step.Name)
            {
                case "WORKDIR":
                    directory = step.Arguments;
                    Directory.CreateDirectory(root + directory);
                    break;
                case "COPY":
                    var to = Path.Combine(root + directory, step.Words[^1] == "./" ? "" : step.Words[^1]);
                    foreach (var source in step.Words[..^1])
                    {
                        Assert.True(context.Copy(source, to.EndsWith('/') ? to : to + "/") > 0, $"COPY {source}: .dockerignore lets nothing of it through.");
                    }

                    break;
                case "RUN":
                    var result = await Tool.RunAsync(["/bin/sh", "-ec", Command(step, root)], StepWithin, root + directory, environment: CleanEnvironment);
                    result.MustHaveSucceeded("RUN " + step.Arguments);
                    break;
                default:
                    throw new NotSupportedException($"{step.Name} is not run here.");
            }
        }
    }

    /// <summary>A step's command with the image's paths below the clean folder. One build node that ends with it: the machine's cores are shared.</summary>
    private static string Command(Instruction step, string root) =>
        string.Join(' ', step.Arguments.Split(' ').Select(word => word.StartsWith('/') ? root + word : word))
        + (step.Words[0] == "dotnet" ? " -m:1 -nodeReuse:false" : "");

    private static void CopyImage(Stage stage, string build, string image)
    {
        foreach (var copy in stage.Named("COPY"))
        {
            Assert.Equal("build", copy.Flag("from"));
            var from = build + copy.Words[0];
            var to = copy.Words[1] == "./" ? image + stage.Named("WORKDIR").Single().Arguments : image + copy.Words[1];
            Directory.CreateDirectory(to);
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var copied = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copied)!);
                File.Copy(file, copied);
            }
        }
    }
}
