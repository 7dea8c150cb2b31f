namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Loads all contenders under one cell, round by round, and judges the relay.</summary>
/// <remarks>
/// Each round loads every contender once, so that what else the machine does in that minute hits all of them. A pair that is then too close to
/// call gets more rounds: on a shared machine two rounds of one program differ by 2 to 3 % (1,000 x 64 B: floor 6.78 and 6.93 µs, relay 7.99 and 8.26).
/// </remarks>
internal sealed class CellRun(Cell cell, IReadOnlyList<Entry> entries)
{
    /// <summary>How many rounds a tied pair gets in addition.</summary>
    public const int ExtraRounds = 2;

    /// <summary>Relay and peer are tied when their CPU per delivery differs by no more than this share.</summary>
    public const double TiedWithin = 0.03;

    private readonly Entry _floor = entries.Single(entry => entry.Role == Role.Floor);
    private readonly Entry _relay = entries.Single(entry => entry.Role == Role.Relay);

    public Cell Cell => cell;

    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>The peers that were tied with the relay after the asked rounds.</summary>
    public IReadOnlyList<Entry> Tied { get; private set; } = [];

    /// <summary>Runs the asked rounds of all contenders, then the extra rounds of the relay and the peers that are tied with it.</summary>
    public async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        await RunAsync(entries, 1, rounds, cancellationToken);
        Tied = [.. entries.Where(IsTied)];
        if (Tied.Count > 0)
        {
            await RunAsync([_relay, .. Tied], rounds + 1, ExtraRounds, cancellationToken);
        }
    }

    /// <summary>CPU per delivery over the floor program's.</summary>
    public double TimesFloor(Entry entry) => entry.Cpu / _floor.Cpu ?? double.NaN;

    /// <summary>The gates that a contender's row shows.</summary>
    public IEnumerable<Gate> GatesOf(Entry entry)
    {
        if (entry.Role == Role.Relay && cell.MostTimesFloor is { } most)
        {
            yield return Gate.OverFloor(most, Cpu(_relay), Cpu(_floor));
        }

        if (IsGated(entry))
        {
            yield return Gate.Below(entry.Name, Cpu(_relay), entry.Cpu);
        }

        // A peer's losses are its result and shown as such. Our own programs must deliver all.
        if (entry is { IsLossy: true, Role: Role.Floor or Role.Relay or Role.Plain })
        {
            yield return Gate.AllDelivered(entry.Runs);
        }
    }

    private static async Task RunAsync(IReadOnlyList<Entry> entries, int firstRound, int rounds, CancellationToken cancellationToken)
    {
        for (var round = firstRound; round < firstRound + rounds; round++)
        {
            foreach (var entry in entries)
            {
                await entry.RunAsync(round, cancellationToken);
            }
        }
    }

    private static bool IsGated(Entry entry) => entry is { Role: Role.Peer, Refusal: null };

    private static double Cpu(Entry entry) => entry.Cpu ?? double.NaN;

    private bool IsTied(Entry entry) => IsGated(entry) && entry.Cpu is { } cpu && Math.Abs(Cpu(_relay) - cpu) <= TiedWithin * cpu;
}
