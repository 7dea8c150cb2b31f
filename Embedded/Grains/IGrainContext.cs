namespace Orleans.Runtime;

/// <summary>One activation of a grain, as the grain and its parts see it.</summary>
public interface IGrainContext
{
    GrainId GrainId { get; }
    object? GrainInstance { get; }

    /// <summary>The services of this activation: their scope ends with it.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>Ends the activation when its running requests have ended; returns at once.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
