using System.Text.Json.Nodes;

namespace OrleansRelay.Deploy.Tests.Manifests;

/// <summary>RFC 6902 as far as our overlays use it. Unlike RFC 6902's, an index in <c>add</c> is not supported: append with <c>-</c>.</summary>
internal static class JsonPatch
{
    public static void Apply(JsonNode target, JsonNode patch)
    {
        foreach (var step in patch as JsonArray ?? throw new NotSupportedException("Only patches that are lists of operations are rendered; write it so."))
        {
            var path = step.Text("/path")!;
            switch (step.Text("/op"))
            {
                case "replace" when target.At(path) is null:
                    throw new InvalidOperationException($"There is nothing at {path} of {ManifestSet.NameOf(target)} to replace.");
                case "add" or "replace":
                    target.Set(path, step.At("/value")?.DeepClone());
                    break;
                case "remove":
                    target.Remove(path);
                    break;
                case var other:
                    throw new NotSupportedException($"The operation {other} is not rendered.");
            }
        }
    }
}
