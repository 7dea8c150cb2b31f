using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>Keeps what a relay and its web server log as a warning or worse, for a test that says there is nothing to warn of. Orleans has warnings of its own.</summary>
internal sealed class KeptWarnings : ILogger
{
    private static readonly string[] Categories = ["OrleansRelay.", "Microsoft.AspNetCore."];

    private readonly ConcurrentQueue<string> _texts = [];

    /// <summary>What was logged, in order.</summary>
    public IReadOnlyCollection<string> Texts => _texts;

    /// <summary>Has a host's warnings kept here, whatever else it does with them.</summary>
    public void AddTo(ILoggingBuilder logging) => logging
        .AddProvider(new Provider(this))
        .AddFilter<Provider>((category, level) => level >= LogLevel.Warning && Categories.Any(ours => category?.StartsWith(ours, StringComparison.Ordinal) == true));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _texts.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
        }
    }

    private sealed class Provider(KeptWarnings kept) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => kept;

        public void Dispose()
        {
        }
    }
}
