using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A stored state that a grain is given in its constructor; it is read before OnActivateAsync.</summary>
public interface IPersistentState<TState> : IStorage<TState>;

/// <summary>Which stored state a constructor parameter of type <see cref="IPersistentState{TState}"/> gets.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    /// <summary>The state's name within the grain.</summary>
    public string StateName { get; } = stateName;

    /// <summary>The name of the storage; null for the default one.</summary>
    public string? StorageName { get; } = storageName;
}
