using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace OrleansRelay.Engine.Tests.Storage;

[Collection(EngineCollection.Name)]
public sealed class StorageTests(EngineFixture engine)
{
    private readonly string _key = EngineFixture.NewKey();

    private INoteGrain Grain => engine.Client.GetGrain<INoteGrain>(_key);

    [Fact]
    public async Task AGrainStartsWithAnEmptyState()
    {
        var note = await Grain.ReadAsync().WithinTest("the note");

        Assert.Equal("empty", note.Text);
        Assert.False(note.RecordExists);
    }

    [Fact]
    public async Task AWrittenStateIsThereForTheNextActivation()
    {
        await Grain.WriteAsync("kept").WithinTest("the write");
        await Grain.LeaveAsync().WithinTest("the request to leave");

        var note = await Grain.ReadAsync().WithinTest("the note");

        Assert.Equal("kept", note.Text);
        Assert.True(note.RecordExists);
    }

    [Fact]
    public async Task WhatWasNotWrittenIsNotStored()
    {
        await Grain.WriteAsync("kept").WithinTest("the write");
        await Grain.ChangeWithoutWritingAsync("lost").WithinTest("the change");

        await Grain.ReadAnewAsync().WithinTest("the read");

        Assert.Equal("kept", (await Grain.ReadAsync().WithinTest("the note")).Text);
    }

    [Fact]
    public async Task StatesOfOneGrainAndStoragesAreApart()
    {
        await Grain.WriteAsync("here").WithinTest("the write");
        await Grain.WriteElsewhereAsync("there").WithinTest("the other write");
        await Grain.LeaveAsync().WithinTest("the request to leave");

        var note = await Grain.ReadAsync().WithinTest("the note");

        Assert.Equal("here", note.Text);
        Assert.Equal("there", note.ElsewhereText);
    }

    [Fact]
    public async Task AClearedStateIsEmptyAndMayBeWrittenAgain()
    {
        await Grain.WriteAsync("old").WithinTest("the write");

        await Grain.ClearAsync().WithinTest("the clearing");

        Assert.Equal("empty", (await Grain.ReadAsync().WithinTest("the note")).Text);
        await Grain.WriteAsync("new").WithinTest("the second write");
        Assert.Equal("new", (await Grain.ReadAsync().WithinTest("the note")).Text);
    }

    [Fact]
    public async Task AConflictReachesTheCallerAndTheNextActivationReadsAnew()
    {
        await Grain.WriteAsync("mine").WithinTest("the write");
        await WriteBehindTheGrainsBackAsync("theirs");

        await Assert.ThrowsAsync<InconsistentStateException>(() => Grain.WriteAsync("mine again").WithinTest("the write that conflicts"));

        Assert.Equal("theirs", (await Grain.ReadAsync().WithinTest("the note")).Text);
    }

    private async Task WriteBehindTheGrainsBackAsync(string text)
    {
        var storage = engine.Services.GetRequiredService<IGrainStorage>();
        var state = new GrainState<Note>();
        await storage.ReadStateAsync("note", Grain.GetGrainId(), state).WithinTest("a read of the storage");
        state.State!.Text = text;
        await storage.WriteStateAsync("note", Grain.GetGrainId(), state).WithinTest("a write to the storage");
    }
}
