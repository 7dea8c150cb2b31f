namespace OrleansRelay.Recordings.Game;

/// <summary>Where things happened lately: each happening warms its surroundings, and all cools off with a half-life of about 20 s.</summary>
internal sealed class HeatGrid(int size)
{
    private readonly double[] _heat = new double[size * size];

    public int Size => size;

    public void Warm(double x, double y, double by)
    {
        var (column, row) = (Math.Clamp((int)x, 0, size - 1), Math.Clamp((int)y, 0, size - 1));
        _heat[(row * size) + column] += by;
    }

    public void Cool()
    {
        for (var i = 0; i < _heat.Length; i++)
        {
            _heat[i] *= 0.966;
        }
    }

    /// <summary>The warm cells with heat 1 to 99, the hottest first.</summary>
    public IReadOnlyList<(int Cell, int Heat)> Hottest()
        => [.. Enumerable.Range(0, _heat.Length)
            .Where(cell => _heat[cell] >= 1)
            .Select(cell => (cell, (int)Math.Min(99, _heat[cell])))
            .OrderByDescending(warm => warm.Item2).ThenBy(warm => warm.cell)];
}
