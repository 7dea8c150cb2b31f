using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansRelay.Deploy.Tests.Manifests;

/// <summary>A ConfigMap that kustomize generates, with a hash of its content in its name.</summary>
internal sealed class GeneratedConfigMap(string name)
{
    private static readonly JsonSerializerOptions Plainly = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public SortedDictionary<string, string> Data { get; } = new(StringComparer.Ordinal);

    public string Name => name;

    public string? Namespace { get; set; }

    /// <summary>The name with kustomize's hash: ten hex digits of SHA-256 over the JSON (where the name is empty), those that could make words replaced.</summary>
    public string HashedName()
    {
        var json = JsonSerializer.Serialize(new { data = Data, kind = "ConfigMap", name = "" }, Plainly);
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json)))[..10];
        return $"{name}-{hash.Replace('0', 'g').Replace('1', 'h').Replace('3', 'k').Replace('a', 'm').Replace('e', 't')}";
    }

    public JsonObject ToManifest() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["data"] = new JsonObject(Data.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        ["metadata"] = new JsonObject { ["name"] = HashedName(), ["namespace"] = Namespace },
    };

    /// <summary>Reads lines of <c>KEY=value</c>; empty ones and those that begin with # are for people.</summary>
    public void Add(IEnumerable<string> lines)
    {
        foreach (var line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (key, value) = (line[..line.IndexOf('=', StringComparison.Ordinal)], line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            Data[key] = value;
        }
    }
}
