namespace OrleansRelay.Recordings.Game;

/// <summary>Repeatable chance (SplitMix64): the same seed rolls the same on every machine and runtime, which <see cref="Random"/> doesn't promise.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>From 0 to below 1.</summary>
    public double Roll()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>From <paramref name="low"/> to below <paramref name="high"/>.</summary>
    public double Between(double low, double high) => low + (Roll() * (high - low));

    /// <summary>From <paramref name="low"/> up to and with <paramref name="high"/>.</summary>
    public int Between(int low, int high) => low + (int)(Roll() * (high - low + 1));

    /// <summary>True once in <paramref name="mean"/> rolls.</summary>
    public bool OnceIn(double mean) => Roll() * mean < 1;

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[(int)(Roll() * items.Count)];

    /// <summary>All of them, shuffled.</summary>
    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        T[] shuffled = [.. items];
        for (var i = shuffled.Length - 1; i > 0; i--)
        {
            var j = Between(0, i);
            (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
        }

        return shuffled;
    }
}
