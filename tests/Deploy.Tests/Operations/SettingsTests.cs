using System.Text.RegularExpressions;
using OrleansRelay.Deploy.Tests.Images;
using OrleansRelay.Deploy.Tests.Manifests;

namespace OrleansRelay.Deploy.Tests.Operations;

/// <summary>Every setting that we deploy is one that the code has: a misspelt one would keep every pod from starting.</summary>
public sealed partial class SettingsTests
{
    [Fact]
    public void EverySettingInManifestsImagesAndComposeIsAnOptionOfTheCode()
    {
        var there = Options();

        var unknown = Deployed().Distinct().Where(setting => !there.Contains(Item().Replace(setting, "")));

        Assert.Empty(unknown);
    }

    /// <summary><c>Section__Name</c> of every option: the section from its class's constant, the names from its properties.</summary>
    private static HashSet<string> Options() =>
    [
        .. from source in Repository.ProductSources()
           from section in Section().Matches(source)
           from property in Property().Matches(source)
           select $"{section.Groups[1].Value}__{property.Groups[1].Value}",
    ];

    private static IEnumerable<string> Deployed()
    {
        var manifests =
            from overlay in Overlays.Names
            let set = Overlays.Get(overlay)
            from name in set.OfKind("ConfigMap").SelectMany(map => map.Texts("/data").Keys)
                .Concat(set.Pods().SelectMany(pod => pod.Containers).SelectMany(container => container.Items("/env")).Select(variable => variable.Text("/name")!))
            select name;
        var compose = Setting().Matches(Repository.Read("docker-compose.yml")).Select(match => match.Value);
        var images = Dockerfile.Names.SelectMany(project => Dockerfile.Read(project)[^1].Variables().Keys);
        return manifests.Concat(compose).Concat(images).Where(name => name.Contains("__", StringComparison.Ordinal));
    }

    [GeneratedRegex("const string Section = \"(\\w+)\"")]
    private static partial Regex Section();

    [GeneratedRegex(@"public [\w\[\]?.]+ (\w+) \{ get; set; \}")]
    private static partial Regex Property();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+__[A-Za-z0-9_]+")]
    private static partial Regex Setting();

    [GeneratedRegex("__[0-9]+$")]
    private static partial Regex Item();
}
