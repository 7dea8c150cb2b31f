namespace OrleansRelay.Chaos.Faults;

/// <summary>Which faults come in which order: the same seed gives the same ones.</summary>
/// <remarks>
/// Faults are dealt from a shuffled deck, so that a run of some minutes has all kinds and not by chance only one. How long a process takes
/// to come back is not the seed's: the waits between faults count from when everything was well.
/// </remarks>
internal sealed class FaultSchedule(int seed, int silos, int gateways, TimeSpan postgresFor, FaultKind[] only)
{
    private static readonly FaultKind[] Deck = [FaultKind.Kill, FaultKind.Terminate, FaultKind.Kill, FaultKind.Terminate, FaultKind.Kill, FaultKind.Pause];

    /// <summary>The faults of silos and of the database, for ever. The database goes second: then even a short run has it.</summary>
    public IEnumerable<PlannedFault> OfSilos()
    {
        var random = new Random(seed);
        for (var round = 0; ; round++)
        {
            var kinds = Shuffled(random);
            kinds.Insert(1, FaultKind.Postgres);
            foreach (var kind in kinds.Where(IsWanted))
            {
                // The pause before it lets second copies be made anew: the cluster is whole again only then.
                yield return new PlannedFault(kind, random.Next(silos), Seconds(random, 4, 8), kind == FaultKind.Postgres ? postgresFor : Length(kind, random));
            }
        }
    }

    /// <summary>The faults of gateways, for ever; none where there are no gateways of their own.</summary>
    public IEnumerable<PlannedFault> OfGateways()
    {
        if (gateways == 0)
        {
            yield break;
        }

        var random = new Random(seed + 1);
        var target = random.Next(gateways);
        while (Deck.Any(IsWanted))
        {
            foreach (var kind in Shuffled(random).Where(IsWanted))
            {
                // One after the other: most connections are on the one that was well last.
                yield return new PlannedFault(kind, target++ % gateways, Seconds(random, 6, 12), Length(kind, random));
            }
        }
    }

    private bool IsWanted(FaultKind kind) => only.Length == 0 || only.Contains(kind);

    private static List<FaultKind> Shuffled(Random random)
    {
        var kinds = Deck.ToArray();
        random.Shuffle(kinds);
        return [.. kinds];
    }

    private static TimeSpan Length(FaultKind kind, Random random) => kind switch
    {
        FaultKind.Pause => Seconds(random, 5, 30),
        FaultKind.Kill => Seconds(random, 0.5, 6),
        _ => Seconds(random, 0, 1),
    };

    private static TimeSpan Seconds(Random random, double from, double to) => TimeSpan.FromSeconds(from + ((to - from) * random.NextDouble()));
}
