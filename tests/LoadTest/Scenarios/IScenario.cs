using OrleansRelay.LoadTest.Running;

namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>One way of loading a relay: a name, what it asks, its defaults, and its script.</summary>
internal interface IScenario
{
    string Name { get; }

    /// <summary>The question that it answers.</summary>
    string Question { get; }

    /// <summary>What is measured when no flag says otherwise.</summary>
    LoadOptions Adjust(LoadOptions options);

    /// <summary>Carries it out.</summary>
    void Run(LoadRun run);
}
