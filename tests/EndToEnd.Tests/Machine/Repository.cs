using System.Reflection;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>Where things lie; the project file says it to the assembly.</summary>
internal static class Repository
{
    /// <summary>The silo of the same build.</summary>
    public static string SiloAssembly => Metadata(nameof(SiloAssembly));

    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Metadata("RepositoryDirectory"), .. parts]);

    public static string NodeScripts => Path("tests", "EndToEnd.Tests", "npm");

    private static string Metadata(string key)
        => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
