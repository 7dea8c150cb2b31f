using Orleans.Concurrency;

namespace Orleans.Embedded;

/// <summary>What is known of a grain class before there is a grain: its name, its rules and how to build one.</summary>
internal sealed class GrainClass
{
    private const string Suffix = "grain";

    private readonly ObjectFactory _factory;
    private readonly (Type Type, PersistentStateAttribute State)[] _states;

    public GrainClass(Type type, TimeSpan usualCollectionAge)
    {
        Type = type;
        GrainType = GrainType.Create(NameOf(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        CollectionAge = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit ?? usualCollectionAge;
        _states =
        [
            .. from parameter in Constructor(type).GetParameters()
               let state = parameter.GetCustomAttribute<PersistentStateAttribute>()
               where state is not null
               select (parameter.ParameterType, state),
        ];
        _factory = ActivatorUtilities.CreateFactory(type, [.. _states.Select(state => state.Type)]);
    }

    public Type Type { get; }
    public GrainType GrainType { get; }
    public bool IsReentrant { get; }
    public TimeSpan CollectionAge { get; }

    /// <summary>A new grain object with its persistent states, which are still to be read.</summary>
    public (IGrainBase Grain, IReadOnlyList<PersistentState> States) Build(Activation activation)
    {
        PersistentState[] states = [.. _states.Select(state => PersistentState.Create(state.Type.GetGenericArguments()[0], state.State, activation))];
        return ((IGrainBase)_factory(activation.ActivationServices, states), states);
    }

    private static ConstructorInfo Constructor(Type type) => type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
        ?? throw new InvalidOperationException($"Grain class {type.FullName} has no public constructor.");

    private static string NameOf(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Suffix.Length ? name[..^Suffix.Length] : name;
    }
}
