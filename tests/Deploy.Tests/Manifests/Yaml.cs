using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OrleansRelay.Deploy.Tests.Manifests;

/// <summary>YAML as JSON nodes, with the types that Kubernetes and compose see: plain numbers, booleans and nulls, all else text.</summary>
internal static partial class Yaml
{
    /// <summary>Every document of a text.</summary>
    public static IReadOnlyList<JsonNode> ReadAll(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => Convert(document.RootNode)).OfType<JsonNode>()];
    }

    /// <summary>The only document of a text.</summary>
    public static JsonNode Read(string text) => ReadAll(text).Single();

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => Mapping(mapping),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new NotSupportedException($"A YAML node of {node.GetType()}."),
    };

    /// <summary>A mapping, with the members of <c>&lt;&lt;</c> below its own.</summary>
    private static JsonObject Mapping(YamlMappingNode mapping)
    {
        var result = new JsonObject();
        foreach (var (key, value) in mapping.OrderBy(member => Key(member.Key) == "<<" ? 0 : 1))
        {
            if (Key(key) != "<<")
            {
                result[Key(key)] = Convert(value);
                continue;
            }

            foreach (var (name, merged) in (JsonObject)Convert(value)!)
            {
                result[name] = merged?.DeepClone();
            }
        }

        return result;
    }

    private static string Key(YamlNode key) => ((YamlScalarNode)key).Value!;

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when Whole().IsMatch(text) => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
        _ when Broken().IsMatch(text) => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(text),
    };

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^-?[0-9]+\.[0-9]+$")]
    private static partial Regex Broken();
}
