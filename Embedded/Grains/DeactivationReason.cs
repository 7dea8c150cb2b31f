namespace Orleans;

/// <summary>Why an activation ends, in words and by kind.</summary>
public readonly struct DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
{
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    public string Description => text;
    public DeactivationReasonCode ReasonCode => code;
    public Exception? Exception => exception;

    public override string ToString() => $"{ReasonCode}: {Description}";
}

/// <summary>The kinds of reasons. The numbers are Orleans's; kinds that only a cluster has are left out.</summary>
public enum DeactivationReasonCode : byte
{
    None = 0,
    ShuttingDown = 1,
    ActivationFailed = 2,
    ActivationIdle = 4,
    ApplicationError = 8,
    ApplicationRequested = 9,
}
