using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Orleans.Embedded;

/// <summary>The engine: every activation of the process, and the way to them.</summary>
/// <remarks>
/// A grain has at most one activation: the one under its id in the directory, which leaves it only after its farewell. Stopping
/// refuses calls from outside at once, lets what runs end, ends every activation, then the streams.
/// </remarks>
internal sealed class EmbeddedSilo(
    IServiceProvider services,
    TimeProvider time,
    IOptions<GrainCollectionOptions> collection,
    IOptions<SiloMessagingOptions> messaging,
    ILogger<EmbeddedSilo> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<GrainId, Activation> _directory = new();
    private readonly ConcurrentDictionary<MethodInfo, GrainMethod> _methods = new();
    private readonly ConcurrentDictionary<(Type Interface, GrainClass Class), GrainReference> _prototypes = new();
    private readonly GrainCatalog _catalog = new(collection.Value.CollectionAge);
    private ITimer? _collector;
    private volatile bool _isStopping;

    public IServiceProvider Services => services;
    public TimeProvider Time => time;
    public GrainCollectionOptions Collection => collection.Value;
    public ILogger Logger => logger;
    public PendingCalls PendingCalls { get; } = new(time, messaging.Value.ResponseTimeout);
    public bool IsStopping => _isStopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        PendingCalls.Start();
        _collector = Time.CreateTimer(_ => Array.ForEach([.. _directory.Values], activation => activation.CollectIfAged()), null, Collection.CollectionQuantum, Collection.CollectionQuantum);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        _collector?.Dispose();
        try
        {
            // An activation that is made from here on ends itself at its first request, hence the loop ends.
            while (!_directory.IsEmpty)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.WhenAll(_directory.Values.Select(activation => EndAsync(activation, cancellationToken))).WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.StoppedTooSoon(Logger, _directory.Count);
        }

        await Task.WhenAll(Services.GetServices<StreamProvider>().Select(provider => provider.StopAsync(cancellationToken)));
    }

    public void Dispose()
    {
        _collector?.Dispose();
        PendingCalls.Dispose();
    }

    public GrainMethod Method(MethodInfo method) => _methods.GetOrAdd(method, static method => GrainMethod.Create(method));

    public TGrainInterface Reference<TGrainInterface>(string key, string? prefix)
    {
        var grainClass = _catalog.Find(typeof(TGrainInterface), prefix);
        return Reference<TGrainInterface>(new GrainId(grainClass.GrainType, IdSpan.Create(key)), grainClass);
    }

    public TGrainInterface Reference<TGrainInterface>(GrainId grainId, GrainClass grainClass) =>
        (TGrainInterface)(object)_prototypes.GetOrAdd(
            (typeof(TGrainInterface), grainClass),
            static (key, silo) => GrainReference.Prototype(key.Interface, silo, key.Class),
            this).For(grainId);

    /// <summary>Brings the request to the grain.</summary>
    public void Post(GrainId grainId, GrainClass grainClass, Request request) => ActivationOf(grainId, grainClass).Post(request);

    /// <summary>The grain's activation, a new one if there is none.</summary>
    public Activation ActivationOf(GrainId grainId, GrainClass grainClass) =>
        _directory.GetOrAdd(grainId, static (id, context) => new Activation(context.Silo, context.Class, id), (Silo: this, Class: grainClass));

    public void Remove(Activation activation) => _directory.TryRemove(KeyValuePair.Create(activation.GrainId, activation));

    private static Task EndAsync(Activation activation, CancellationToken cancellationToken)
    {
        activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The host stops."), cancellationToken);
        return activation.Deactivated;
    }
}
