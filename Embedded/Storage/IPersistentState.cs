using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A stored state that a grain is given in its constructor; it is read before OnActivateAsync.</summary>
public interface IPersistentState<TState> : IStorage<TState>;

/// <summary>Which stored state a constructor parameter of type <see cref="IPersistentState{TState}"/> gets; the default storage if none is named.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    public string StateName { get; } = stateName;
    public string? StorageName { get; } = storageName;
}
