using OrleansRelay.EndToEnd.Tests.Machine;

namespace OrleansRelay.EndToEnd.Tests.Clients;

/// <summary>The page's modules that need no browser, by Node.js's own test runner.</summary>
public sealed class PageUnitsTests
{
    [NodeFact]
    public async Task Pass()
    {
        await using var run = NodeProcess.Start("--test", "units/dashboard.test.mjs");

        Assert.True(await run.ExitAsync() == 0, run.LastWords);
    }
}
