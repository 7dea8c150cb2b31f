using Orleans.Concurrency;

namespace Orleans.Embedded;

/// <summary>One method of a grain interface: how to call it and what its attributes allow.</summary>
internal abstract class GrainMethod(MethodInfo method)
{
    public MethodInfo Info => method;
    public string Name { get; } = $"{method.DeclaringType!.Name}.{method.Name}";
    public bool Interleaves { get; } = method.IsDefined(typeof(AlwaysInterleaveAttribute));
    public bool IsOneWay { get; } = method.IsDefined(typeof(OneWayAttribute));

    /// <summary>The cached way to call the method without knowing its signature.</summary>
    protected MethodInvoker Invoker { get; } = MethodInvoker.Create(method);

    public static GrainMethod Create(MethodInfo method)
    {
        var returned = method.ReturnType;
        var isGeneric = returned.IsGenericType;
        var shape = isGeneric ? returned.GetGenericTypeDefinition() : returned;
        if (method.IsGenericMethod || (shape != typeof(Task) && shape != typeof(Task<>) && shape != typeof(ValueTask) && shape != typeof(ValueTask<>)))
        {
            throw new NotSupportedException($"Grain method {method.DeclaringType}.{method.Name} must return a Task or ValueTask and have no type parameters.");
        }

        var result = isGeneric ? returned.GetGenericArguments()[0] : typeof(NoResult);
        return (GrainMethod)Activator.CreateInstance(typeof(GrainMethod<>).MakeGenericType(result), method)!;
    }

    /// <summary>Sends the call and returns what the interface's method returns.</summary>
    public abstract object Call(EmbeddedSilo silo, GrainReference target, object?[] arguments);

    /// <summary>The result of a method that has none.</summary>
    protected readonly struct NoResult;
}

/// <inheritdoc cref="GrainMethod"/>
internal sealed class GrainMethod<TResult>(MethodInfo method) : GrainMethod(method)
{
    private readonly bool _isValueTask = method.ReturnType.IsValueType;
    private readonly bool _hasResult = method.ReturnType.IsGenericType;

    public override object Call(EmbeddedSilo silo, GrainReference target, object?[] arguments)
    {
        var task = SendAsync(silo, target, arguments);
        return !_isValueTask ? task
            : _hasResult ? new ValueTask<TResult>(task)
            : new ValueTask(task);
    }

    /// <summary>Runs the method on the grain object.</summary>
    public ValueTask<TResult> InvokeAsync(object grain, object?[] arguments) => Invoker.Invoke(grain, arguments.AsSpan()) switch
    {
        Task<TResult> task => new(task),
        ValueTask<TResult> task => task,
        Task task => WithoutResultAsync(task),
        ValueTask task => WithoutResultAsync(task.AsTask()),
        _ => throw new InvalidOperationException($"{Name} returned null where a task is due."),
    };

    private static async ValueTask<TResult> WithoutResultAsync(Task task)
    {
        await task;
        return default!;
    }

    private Task<TResult> SendAsync(EmbeddedSilo silo, GrainReference target, object?[] arguments)
    {
        if (silo.IsStopping && Activation.Current is null)
        {
            return Task.FromException<TResult>(new SiloUnavailableException($"The host stops; {Name} of grain {target.GrainId} was not called."));
        }

        var request = new CallRequest<TResult>(silo, this, target.GrainId, arguments);
        if (IsOneWay)
        {
            target.Send(request);
            return Task.FromResult<TResult>(default!);
        }

        target.Send(request);
        if (!request.IsExpired)
        {
            // Most calls from outside have been answered in the caller's own turn by now.
            silo.PendingCalls.Add(request);
        }

        return request.Result;
    }
}
