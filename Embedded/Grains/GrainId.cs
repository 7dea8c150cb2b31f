namespace Orleans.Runtime;

/// <summary>Which grain: its type and its key.</summary>
public readonly record struct GrainId
{
    /// <summary>The grain of this type with this key.</summary>
    public GrainId(GrainType type, IdSpan key) => (Type, Key) = (type, key);

    /// <summary>The grain's type.</summary>
    public GrainType Type { get; }

    /// <summary>The grain's key.</summary>
    public IdSpan Key { get; }

    /// <summary>The grain of this type with this key.</summary>
    public static GrainId Create(string type, string key) => new(GrainType.Create(type), IdSpan.Create(key));

    /// <summary><c>type/key</c>.</summary>
    public override string ToString() => $"{Type}/{Key}";
}

/// <summary>The name of a kind of grain: the class name in lower case without its suffix "grain".</summary>
public readonly record struct GrainType
{
    private readonly string? _value;

    private GrainType(string value) => _value = value;

    /// <summary>The type of this name.</summary>
    public static GrainType Create(string value) => new(value);

    /// <summary>The name.</summary>
    public override string ToString() => _value ?? "";
}

/// <summary>The key of a grain.</summary>
public readonly record struct IdSpan
{
    private readonly string? _value;

    private IdSpan(string value) => _value = value;

    /// <summary>The key of this text.</summary>
    public static IdSpan Create(string id) => new(id);

    /// <summary>The text.</summary>
    public override string ToString() => _value ?? "";
}
