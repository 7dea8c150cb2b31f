namespace Orleans.Runtime;

/// <summary>Which stream: a key in a namespace, or in none.</summary>
public readonly record struct StreamId
{
    private readonly string? _namespace;
    private readonly string? _key;

    private StreamId(string? ns, string key) => (_namespace, _key) = (ns, key);

    public static StreamId Create(string? ns, string key) => new(ns, key);
    public string GetKeyAsString() => _key ?? "";
    public string? GetNamespace() => _namespace;
    public override string ToString() => $"{_namespace ?? "null"}/{_key}";
}
