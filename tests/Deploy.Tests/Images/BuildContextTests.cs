namespace OrleansRelay.Deploy.Tests.Images;

/// <summary>What leaves the machine for a build.</summary>
public sealed class BuildContextTests
{
    private readonly BuildContext _context = new(Repository.Read(".dockerignore"));

    [Theory]
    [InlineData("Silo/Program.cs")]
    [InlineData("Gateway/wwwroot/index.html")]
    [InlineData("Directory.Build.props")]
    [InlineData(".editorconfig")]
    public void SourcesAreSent(string path) => Assert.True(_context.Sends(path));

    [Theory]
    [InlineData(".env")]
    [InlineData("Silo/.env")]
    [InlineData(".git/config")]
    [InlineData("artifacts/Orleans/bin/Silo/release/OrleansRelay.Silo.dll")]
    [InlineData("Silo/obj/project.assets.json")]
    [InlineData("tests/Deploy.Tests/npm/node_modules/typescript/package.json")]
    [InlineData("data/channels/x.json")]
    [InlineData("docker-compose.yml")]
    public void SecretsOutputsAndWhatNoImageNeedsStayHere(string path) => Assert.False(_context.Sends(path));

    [Fact]
    public void TheLastPatternThatFitsDecides()
    {
        var context = new BuildContext("*\n!Silo/\n**/bin/\n");

        Assert.True(context.Sends("Silo/a/b.cs"));
        Assert.False(context.Sends("Silo/bin/b.dll"));
        Assert.False(context.Sends("other"));
    }
}
