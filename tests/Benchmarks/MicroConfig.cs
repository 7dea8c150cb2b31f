using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace OrleansRelay.Benchmarks;

/// <summary>Runs the benchmarks in this process: they measure the assemblies of this build, with its settings, and start at once instead of after a build of BenchmarkDotNet's own.</summary>
internal static class MicroConfig
{
    public static IConfig Create() => DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "relay-benchmarks"));
}
