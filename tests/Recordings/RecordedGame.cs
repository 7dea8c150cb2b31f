namespace OrleansRelay.Recordings;

/// <summary>One game of the table that the first dashboard relay published: what its stream weighed when all kinds of message were asked for.</summary>
/// <param name="Id">1 to 5, the row of the table.</param>
/// <param name="Length">From the first message to the last.</param>
/// <param name="PlayerCount">2 or 8.</param>
/// <param name="StreamBytes">Sum of all messages' bytes; the table counts in kB of 1000 bytes.</param>
/// <param name="MessageCount">How many messages the stream has.</param>
public sealed record RecordedGame(int Id, TimeSpan Length, int PlayerCount, int StreamBytes, int MessageCount)
{
    /// <summary>The published table, in its order.</summary>
    public static IReadOnlyList<RecordedGame> Table { get; } =
    [
        new(1, new(00, 49, 16), 8, 5_772_000, 22_462),
        new(2, new(00, 58, 08), 8, 6_798_000, 25_752),
        new(3, new(00, 44, 44), 2, 2_250_000, 10_776),
        new(4, new(01, 22, 09), 8, 7_986_000, 29_407),
        new(5, new(00, 55, 25), 8, 6_551_000, 25_080),
    ];

    /// <summary>The game in that row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table has no such row.</exception>
    public static RecordedGame ById(int id) => Table.FirstOrDefault(game => game.Id == id)
        ?? throw new ArgumentOutOfRangeException(nameof(id), id, $"The table has games 1 to {Table.Count}.");
}
