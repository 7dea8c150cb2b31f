namespace Orleans;

/// <summary>What a grain, or a reference to one, can tell of itself.</summary>
public static class GrainExtensions
{
    /// <summary>A reference to this grain, to be handed to others: handing over the object itself would break its turns.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.Cast<TGrainInterface>(),
        IGrainBase { GrainContext: Activation activation } => activation.Silo.Reference<TGrainInterface>(activation.GrainId, activation.Class),
        _ => throw NotAGrain(grain),
    };

    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        _ => throw NotAGrain(grain),
    };

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    private static ArgumentException NotAGrain(IAddressable? grain) =>
        new($"'{grain?.GetType().FullName ?? "null"}' is neither a grain that the engine built nor a reference to one.", nameof(grain));
}
