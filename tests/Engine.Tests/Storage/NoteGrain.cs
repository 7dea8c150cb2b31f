namespace OrleansRelay.Engine.Tests.Storage;

public interface INoteGrain : IGrainWithStringKey
{
    Task<NoteView> ReadAsync();

    Task WriteAsync(string text);

    Task ChangeWithoutWritingAsync(string text);

    Task ReadAnewAsync();

    Task WriteElsewhereAsync(string text);

    Task ClearAsync();

    Task LeaveAsync();
}

[GenerateSerializer, Immutable, Alias("note-view")]
public sealed record NoteView
{
    [Id(0)]
    public required string Text { get; init; }

    [Id(1)]
    public required bool RecordExists { get; init; }

    [Id(2)]
    public required string ElsewhereText { get; init; }
}

/// <summary>What the grain stores: mutable, so that a storage that keeps the object itself would be found out.</summary>
public sealed class Note
{
    public string Text { get; set; } = "empty";
}

public sealed class NoteGrain(
    [PersistentState("note")] IPersistentState<Note> note,
    [PersistentState("elsewhere", EngineFixture.NamedStorage)] IPersistentState<Note> elsewhere) : Grain, INoteGrain
{
    public Task<NoteView> ReadAsync() => Task.FromResult(
        new NoteView { Text = note.State.Text, RecordExists = note.RecordExists, ElsewhereText = elsewhere.State.Text });

    public Task WriteAsync(string text)
    {
        note.State.Text = text;
        return note.WriteStateAsync();
    }

    public Task ChangeWithoutWritingAsync(string text)
    {
        note.State.Text = text;
        return Task.CompletedTask;
    }

    public Task ReadAnewAsync() => note.ReadStateAsync();

    public Task WriteElsewhereAsync(string text)
    {
        elsewhere.State.Text = text;
        return elsewhere.WriteStateAsync();
    }

    public Task ClearAsync() => note.ClearStateAsync();

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
