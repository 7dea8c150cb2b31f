using System.Reflection;

namespace OrleansRelay.Acceptance.Tests;

/// <summary>Where the silo of the same build lies; the project file says it to the assembly.</summary>
internal static class SiloAssembly
{
    public static string Path => typeof(SiloAssembly).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == nameof(SiloAssembly)).Value!;
}
