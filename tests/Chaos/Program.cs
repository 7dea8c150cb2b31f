using System.CommandLine;
using OrleansRelay.Chaos;

RootCommand root = new("A whole cluster on this machine: to use it, or to break it and check that nothing was lost.")
{
    ClusterCommand.Create(),
    ChaosCommand.Create(),
};

// By default a stopped command has 2 s; the processes that it started take longer to end.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
