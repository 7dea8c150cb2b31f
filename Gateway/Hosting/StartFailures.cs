using Microsoft.Extensions.Options;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Runs a process and reports wrong settings in words, all at once, instead of a stack trace.</summary>
public static class StartFailures
{
    /// <summary>What the process answers when a setting is wrong, so that a supervisor can tell it from a crash.</summary>
    private const int WrongSettings = 2;

    /// <summary>Runs.</summary>
    /// <returns>What the process answers: its own code, or 2 when a setting is wrong.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> process)
    {
        try
        {
            return await process();
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it was still starting.
            return 0;
        }
        catch (Exception exception) when (FailuresOf(exception) is { } failures)
        {
            await Console.Error.WriteLineAsync($"The relay can't start: {failures.Count} wrong {(failures.Count == 1 ? "setting" : "settings")}.");
            foreach (var failure in failures)
            {
                await Console.Error.WriteLineAsync("  " + failure);
            }

            return WrongSettings;
        }
    }

    private static IReadOnlyList<string>? FailuresOf(Exception exception) => exception switch
    {
        OptionsValidationException wrong => [.. wrong.Failures.Distinct()],
        AggregateException { InnerExceptions: var inner } when inner.All(one => one is OptionsValidationException) =>
            [.. inner.Cast<OptionsValidationException>().SelectMany(wrong => wrong.Failures).Distinct()],
        _ => null,
    };
}
