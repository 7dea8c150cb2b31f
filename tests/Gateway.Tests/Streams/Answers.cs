using System.Reflection;

namespace OrleansRelay.Gateway.Tests.Streams;

/// <summary>An object of an interface whose every call a test answers. Orleans's interfaces have many members, and a class that implements a grain's interface would be taken for a grain.</summary>
public class Answers : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = (_, _) => null;

    public static T To<T>(Func<MethodInfo, object?[], object?> answer)
        where T : class
    {
        var proxy = Create<T, Answers>();
        ((Answers)(object)proxy)._answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args ?? []);
}
