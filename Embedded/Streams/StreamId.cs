namespace Orleans.Runtime;

/// <summary>Which stream: a key in a namespace.</summary>
public readonly record struct StreamId
{
    private readonly string? _namespace;
    private readonly string? _key;

    private StreamId(string? ns, string key) => (_namespace, _key) = (ns, key);

    /// <summary>The stream of this key in this namespace.</summary>
    public static StreamId Create(string? ns, string key) => new(ns, key);

    /// <summary>The key.</summary>
    public string GetKeyAsString() => _key ?? "";

    /// <summary>The namespace; null for none.</summary>
    public string? GetNamespace() => _namespace;

    /// <summary><c>namespace/key</c>.</summary>
    public override string ToString() => $"{_namespace ?? "null"}/{_key}";
}
