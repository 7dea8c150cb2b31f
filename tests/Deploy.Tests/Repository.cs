using System.Reflection;

namespace OrleansRelay.Deploy.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static readonly string Directory = Metadata("RepositoryDirectory");

    /// <summary>The product's own projects, in which settings and metrics are named.</summary>
    private static readonly string[] ProductFolders = ["Grains.Interfaces", "Grains", "Gateway", "Silo"];

    /// <summary>A file or folder of it.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Directory, .. parts]);

    /// <summary>The text of a file of it.</summary>
    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>The text of every C# file of the product.</summary>
    public static IEnumerable<string> ProductSources() => ProductFolders
        .SelectMany(folder => System.IO.Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    private static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key)
        .Value!;
}
