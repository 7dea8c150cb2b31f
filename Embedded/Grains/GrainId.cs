namespace Orleans.Runtime;

/// <summary>Which grain: its type and its key.</summary>
public readonly record struct GrainId(GrainType Type, IdSpan Key)
{
    public static GrainId Create(string type, string key) => new(GrainType.Create(type), IdSpan.Create(key));
    public override string ToString() => $"{Type}/{Key}";
}

/// <summary>The name of a kind of grain: the class name in lower case without its suffix "grain".</summary>
public readonly record struct GrainType
{
    private readonly string? _value;

    private GrainType(string value) => _value = value;

    public static GrainType Create(string value) => new(value);
    public override string ToString() => _value ?? "";
}

/// <summary>The key of a grain.</summary>
public readonly record struct IdSpan
{
    private readonly string? _value;

    private IdSpan(string value) => _value = value;

    public static IdSpan Create(string id) => new(id);
    public override string ToString() => _value ?? "";
}
