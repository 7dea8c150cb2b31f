namespace Orleans.Embedded;

/// <summary>A stored state, whatever its type.</summary>
internal abstract class PersistentState
{
    public static PersistentState Create(Type stateType, PersistentStateAttribute attribute, Activation activation)
    {
        var storage = attribute.StorageName is { } name
            ? activation.ActivationServices.GetKeyedService<IGrainStorage>(name)
            : activation.ActivationServices.GetService<IGrainStorage>();
        return storage is null
            ? throw new InvalidOperationException($"Grain {activation.GrainId} wants the storage '{attribute.StorageName ?? "Default"}'; none of this name was added.")
            : (PersistentState)Activator.CreateInstance(typeof(PersistentState<>).MakeGenericType(stateType), attribute.StateName, activation.GrainId, storage)!;
    }

    public abstract Task ReadStateAsync();
}

/// <inheritdoc cref="PersistentState"/>
/// <remarks>A storage's own exceptions reach the grain inside an <see cref="OrleansException"/>, as they do on Orleans.</remarks>
internal sealed class PersistentState<TState>(string name, GrainId grainId, IGrainStorage storage)
    : PersistentState, IPersistentState<TState>
{
    private readonly GrainState<TState> _state = new() { State = Activator.CreateInstance<TState>() };

    public TState State
    {
        get => _state.State!;
        set => _state.State = value;
    }

    public string? Etag => _state.ETag;
    public bool RecordExists => _state.RecordExists;

    public override Task ReadStateAsync() => GuardAsync(nameof(ReadStateAsync), storage.ReadStateAsync(name, grainId, _state));
    public Task WriteStateAsync() => GuardAsync(nameof(WriteStateAsync), storage.WriteStateAsync(name, grainId, _state));
    public Task ClearStateAsync() => GuardAsync(nameof(ClearStateAsync), storage.ClearStateAsync(name, grainId, _state));

    private async Task GuardAsync(string operation, Task work)
    {
        try
        {
            await work;
        }
        catch (Exception exception) when (exception is not OrleansException)
        {
            throw new OrleansException($"{operation} of state '{name}' of grain {grainId} failed: {exception.Message}", exception);
        }
    }
}
