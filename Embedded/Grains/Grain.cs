using System.Diagnostics.CodeAnalysis;

namespace Orleans;

/// <summary>Base of grain classes. Its members run in turns: never two at a time.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Built by the engine only, in the activation's first turn.</summary>
    protected Grain() => GrainContext = Activation.Current;

    [AllowNull]
    public IGrainContext GrainContext { get; }

    protected IGrainFactory GrainFactory => ServiceProvider.GetRequiredService<IGrainFactory>();
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Keeps this activation for at least so long, used or not; a negative time takes an earlier wish back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Activation)GrainContext).DelayDeactivation(timeSpan);
}
