using System.Xml.Linq;

namespace OrleansRelay.Deploy.Tests.Images;

/// <summary>What the Dockerfiles say, read.</summary>
public sealed class DockerfileTests
{
    public static TheoryData<string> Project => [.. Dockerfile.Names];

    [Theory]
    [MemberData(nameof(Project))]
    public void RestoreSeesEveryProjectThatTheImageIsMadeOf(string project)
    {
        var build = Dockerfile.Read(project)[0];

        var copied = build.Instructions.TakeWhile(instruction => instruction.Name != "RUN").SelectMany(instruction => instruction.Words).Where(word => word.EndsWith(".csproj", StringComparison.Ordinal));

        Assert.Equal(WithReferences(project).Order(), copied.Order());
    }

    [Theory]
    [MemberData(nameof(Project))]
    public void NothingThatChangesWithEveryCommitIsCopiedBeforeTheRestore(string project)
    {
        var build = Dockerfile.Read(project)[0];

        var copied = build.Instructions.TakeWhile(instruction => instruction.Name != "RUN").Where(instruction => instruction.Name == "COPY").SelectMany(instruction => instruction.Words[..^1]);

        Assert.All(copied, file => Assert.Contains(Path.GetExtension(file), (string[])[".csproj", ".props", ".targets", ".json"]));
    }

    [Theory]
    [MemberData(nameof(Project))]
    public void SourcesOfEveryProjectAreCopied(string project)
    {
        var copied = Dockerfile.Read(project)[0].Named("COPY").Select(copy => copy.Words[0]);

        Assert.Empty(WithReferences(project).Select(file => Path.GetDirectoryName(file) + "/").Except(copied));
    }

    [Theory]
    [MemberData(nameof(Project))]
    public void TheImageIsChiseledNonRootAndStartsTheProject(string project)
    {
        var image = Dockerfile.Read(project)[^1];

        Assert.EndsWith("-chiseled", image.BaseImage, StringComparison.Ordinal);
        Assert.Equal("$APP_UID", image.Named("USER").Single().Arguments);
        Assert.Equal($"""["dotnet", "OrleansRelay.{project}.dll"]""", image.Named("ENTRYPOINT").Single().Arguments);
        Assert.Empty(image.Named("RUN"));
    }

    [Theory]
    [MemberData(nameof(Project))]
    public void BaseImagesAreOfTheSdkThatTheRepositoryPins(string project)
    {
        var sdk = System.Text.Json.JsonDocument.Parse(Repository.Read("global.json")).RootElement.GetProperty("sdk").GetProperty("version").GetString()!;

        var bases = Dockerfile.Read(project).Select(stage => stage.BaseImage.Split(':')[1]);

        Assert.All(bases, tag => Assert.StartsWith(string.Join('.', sdk.Split('.')[..2]) + "-", tag, StringComparison.Ordinal));
    }

    [Fact]
    public void TheRuntimeIsSetAsMeasured()
    {
        var gateway = Dockerfile.Read("Gateway")[^1].Variables();
        var silo = Dockerfile.Read("Silo")[^1].Variables();

        Assert.Equal("1", gateway["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"]);
        Assert.DoesNotContain("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", silo.Keys);
        Assert.All([gateway, silo], variables => Assert.Equal("0x800000", variables["DOTNET_GCgen0size"]));
        Assert.All(["Gateway", "Silo"], project =>
            Assert.Equal("true", XDocument.Load(Repository.PathOf($"{project}/{project}.csproj")).Descendants("CarriesMessages").Single().Value));
    }

    /// <summary>A project file and all that it refers to, directly or not.</summary>
    private static HashSet<string> WithReferences(string project)
    {
        var found = new HashSet<string>();
        var waiting = new Queue<string>([$"{project}/{project}.csproj"]);
        while (waiting.TryDequeue(out var file))
        {
            if (found.Add(file))
            {
                var references = XDocument.Load(Repository.PathOf(file)).Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value);
                foreach (var reference in references)
                {
                    waiting.Enqueue(Path.GetRelativePath(Repository.Directory, Path.Combine(Repository.PathOf(Path.GetDirectoryName(file)!), reference)));
                }
            }
        }

        return found;
    }
}
