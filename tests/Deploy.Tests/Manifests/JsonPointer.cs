using System.Globalization;
using System.Text.Json.Nodes;

namespace OrleansRelay.Deploy.Tests.Manifests;

/// <summary>Reads and changes a document at an RFC 6901 address such as <c>/spec/template/spec/containers/0/image</c>.</summary>
internal static class JsonPointer
{
    /// <returns>Null where there is nothing.</returns>
    public static JsonNode? At(this JsonNode? node, string pointer)
    {
        foreach (var part in Parts(pointer))
        {
            node = node switch
            {
                JsonObject members => members[part],
                JsonArray items when int.TryParse(part, CultureInfo.InvariantCulture, out var index) && index < items.Count => items[index],
                _ => null,
            };
        }

        return node;
    }

    /// <returns>The text there, null where there is nothing.</returns>
    public static string? Text(this JsonNode? node, string pointer) => node.At(pointer)?.ToString();

    /// <returns>The items there, none where there is nothing.</returns>
    public static IEnumerable<JsonNode> Items(this JsonNode? node, string pointer) =>
        node.At(pointer) is JsonArray items ? items.Select(item => item!) : [];

    /// <returns>The members there as texts, none where there is nothing.</returns>
    public static Dictionary<string, string> Texts(this JsonNode? node, string pointer) =>
        node.At(pointer) is JsonObject members ? members.ToDictionary(member => member.Key, member => member.Value?.ToString() ?? "") : [];

    /// <summary>Puts a value there: replaces a member or item, adds a member, appends to a list with <c>-</c>.</summary>
    public static void Set(this JsonNode node, string pointer, JsonNode? value)
    {
        var (parent, last) = Parent(node, pointer);
        switch (parent)
        {
            case JsonObject members:
                members[last] = value;
                break;
            case JsonArray items when last == "-":
                items.Add(value);
                break;
            case JsonArray items:
                items[int.Parse(last, CultureInfo.InvariantCulture)] = value;
                break;
            default:
                throw new InvalidOperationException($"There is nothing to set {pointer} on.");
        }
    }

    /// <summary>Takes away what is there; it must be there.</summary>
    public static void Remove(this JsonNode node, string pointer)
    {
        var (parent, last) = Parent(node, pointer);
        switch (parent)
        {
            case JsonObject members when members.Remove(last):
                break;
            case JsonArray items:
                items.RemoveAt(int.Parse(last, CultureInfo.InvariantCulture));
                break;
            default:
                throw new InvalidOperationException($"There is nothing at {pointer} to remove.");
        }
    }

    private static (JsonNode? Parent, string Last) Parent(JsonNode node, string pointer)
    {
        var slash = pointer.LastIndexOf('/');
        return (node.At(pointer[..slash]), Unescape(pointer[(slash + 1)..]));
    }

    private static IEnumerable<string> Parts(string pointer) =>
        pointer.Length == 0 ? [] : pointer[1..].Split('/').Select(Unescape);

    private static string Unescape(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
