using System.CommandLine;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Playing;

RootCommand root = new("Recorded games as real input for the relay: write one to a file, or play one into a running relay.")
{
    WriteCommand.Create(),
    PlayCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
