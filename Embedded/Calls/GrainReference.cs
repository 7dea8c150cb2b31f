namespace Orleans.Embedded;

/// <summary>What callers hold of a grain. Implements the grain's interface by turning each call into a request.</summary>
/// <remarks><see cref="DispatchProxy"/> makes the class of an interface once; a reference is a copy of that class's first object.</remarks>
#pragma warning disable CA1852 // DispatchProxy derives from it at run time
internal class GrainReference : DispatchProxy, IAddressable
#pragma warning restore CA1852
{
    private EmbeddedSilo _silo = null!;
    private GrainClass _class = null!;

    // Where and what was called last: most callers call one method of one grain, again and again.
    private Activation? _home;
    private GrainMethod? _method;

    public GrainId GrainId { get; private set; }

    /// <summary>The first reference of an interface, to be copied by <see cref="For"/>.</summary>
    public static GrainReference Prototype(Type grainInterface, EmbeddedSilo silo, GrainClass grainClass)
    {
        var prototype = (GrainReference)Create(grainInterface, typeof(GrainReference));
        (prototype._silo, prototype._class) = (silo, grainClass);
        return prototype;
    }

    public GrainReference For(GrainId grainId)
    {
        var reference = (GrainReference)MemberwiseClone();
        reference.GrainId = grainId;
        return reference;
    }

    public TGrainInterface Cast<TGrainInterface>() =>
        this is TGrainInterface same ? same : _silo.Reference<TGrainInterface>(GrainId, _class);

    /// <summary>Brings the request to the grain, activating it if need be.</summary>
    public void Send(Request request)
    {
        if (_home is not { HasEnded: false } home)
        {
            _home = home = _silo.ActivationOf(GrainId, _class);
        }

        home.Post(request);
    }

    public override bool Equals(object? obj) => obj is GrainReference other && other.GrainId == GrainId && other._silo == _silo;
    public override int GetHashCode() => GrainId.GetHashCode();
    public override string ToString() => GrainId.ToString();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (_method is not { } method || !ReferenceEquals(method.Info, targetMethod))
        {
            _method = method = _silo.Method(targetMethod!);
        }

        return method.Call(_silo, this, args!);
    }
}
