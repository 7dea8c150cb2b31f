namespace OrleansRelay.Deploy.Tests.Manifests;

/// <summary>The folders that can be applied, rendered once.</summary>
internal static class Overlays
{
    private static readonly Lazy<ManifestSet> LocalOnce = new(() => Kustomization.Render(Folder("local")));
    private static readonly Lazy<ManifestSet> ProductionOnce = new(() => Kustomization.Render(Folder("production")));
    private static readonly Lazy<ManifestSet> WithIngressOnce = new(RenderWithIngress);

    public static readonly string[] Names = ["local", "production", "production with ingress"];

    /// <summary>A copy of an overlay's objects.</summary>
    public static ManifestSet Get(string name) => name switch
    {
        "local" => LocalOnce.Value.Clone(),
        "production" => ProductionOnce.Value.Clone(),
        _ => WithIngressOnce.Value.Clone(),
    };

    public static string Folder(string overlay) => Repository.PathOf("k8s", "overlays", overlay);

    /// <summary>A copy of k8s/ whose production overlay takes the component ingress, as its comment says one may.</summary>
    public static void CopyWithIngress(string to)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("k8s"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(Repository.PathOf("k8s"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var kustomization = Path.Combine(to, "overlays", "production", "kustomization.yaml");
        File.WriteAllText(kustomization, File.ReadAllText(kustomization).Replace("components/gateway-api", "components/ingress", StringComparison.Ordinal));
    }

    private static ManifestSet RenderWithIngress()
    {
        using var scratch = new ScratchFolder();
        CopyWithIngress(scratch.Path);
        return Kustomization.Render(Path.Combine(scratch.Path, "overlays", "production"));
    }
}
