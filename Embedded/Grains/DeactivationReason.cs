namespace Orleans;

/// <summary>Why an activation ends.</summary>
public readonly struct DeactivationReason
{
    /// <summary>A reason without an exception.</summary>
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    /// <summary>A reason that an exception gave.</summary>
    public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text) =>
        (ReasonCode, Exception, Description) = (code, exception, text);

    /// <summary>The reason in words.</summary>
    public string Description { get; }

    /// <summary>The kind of reason.</summary>
    public DeactivationReasonCode ReasonCode { get; }

    /// <summary>What was thrown, if that is the reason.</summary>
    public Exception? Exception { get; }

    /// <summary>The kind and the words.</summary>
    public override string ToString() => $"{ReasonCode}: {Description}";
}

/// <summary>The kinds of reasons for which an activation ends. Numbers are Orleans's; kinds that only a cluster has are left out.</summary>
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason was given.</summary>
    None = 0,

    /// <summary>The host stops.</summary>
    ShuttingDown = 1,

    /// <summary>The grain could not be built or its OnActivateAsync threw.</summary>
    ActivationFailed = 2,

    /// <summary>Nobody used it for its collection age.</summary>
    ActivationIdle = 4,

    /// <summary>It threw what leaves its memory in doubt, such as a conflict at its storage.</summary>
    ApplicationError = 8,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested = 9,
}
