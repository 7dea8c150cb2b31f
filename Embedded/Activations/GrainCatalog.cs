using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Orleans.Embedded;

/// <summary>All grain classes of the program, found by the interfaces that they implement.</summary>
/// <remarks>
/// No registration: searched is every assembly that references this one and lies in the program's folder or is loaded already
/// (all there is in a single-file program). Metadata is read first, so that no other assembly is loaded.
/// </remarks>
internal sealed class GrainCatalog(TimeSpan usualCollectionAge)
{
    private static readonly string Self = typeof(GrainCatalog).Assembly.GetName().Name!;

    private readonly Lazy<GrainClass[]> _classes = new(() => Search(usualCollectionAge));
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> _found = new();

    /// <summary>The class that implements the interface.</summary>
    public GrainClass Find(Type grainInterface, string? prefix) => _found.GetOrAdd((grainInterface, prefix), static (key, self) => self.Search(key.Interface, key.Prefix), this);

    private static GrainClass[] Search(TimeSpan usualCollectionAge)
    {
        var classes = from assembly in Assemblies()
                      from type in assembly.GetTypes()
                      where type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
                      where typeof(IGrainBase).IsAssignableFrom(type) && typeof(IGrain).IsAssignableFrom(type)
                      select new GrainClass(type, usualCollectionAge);

        // Two classes of one grain type would be one grain to the directory and the storage: better to fail here.
        return [.. classes.ToDictionary(grainClass => grainClass.GrainType).Values];
    }

    private static IEnumerable<Assembly> Assemblies()
    {
        var loaded = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(reference => reference.Name == Self));
        var inFolder = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(MentionsSelf)
            .Select(path => Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(path))));
        return loaded.Concat(inFolder).Distinct();
    }

    private static bool MentionsSelf(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata)
        {
            return false;
        }

        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences.Any(handle =>
            metadata.StringComparer.Equals(metadata.GetAssemblyReference(handle).Name, Self));
    }

    private GrainClass Search(Type grainInterface, string? prefix)
    {
        var candidates = _classes.Value.Where(grainClass => grainInterface.IsAssignableFrom(grainClass.Type)
            && (prefix is null || grainClass.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))).ToArray();
        return candidates switch
        {
            [var only] => only,
            [] => throw new ArgumentException($"Could not find an implementation for interface {grainInterface.FullName}.", nameof(grainInterface)),
            _ => throw new ArgumentException($"Interface {grainInterface.FullName} has several implementations: {string.Join(", ", candidates.Select(grainClass => grainClass.Type.FullName))}. Give a prefix.", nameof(prefix)),
        };
    }
}
