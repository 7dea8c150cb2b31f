namespace OrleansRelay.LoadTest.Checking;

/// <summary>What became of all deliveries of a run.</summary>
internal sealed class CheckTotals
{
    /// <summary>Deliveries that were as sent.</summary>
    public long Delivered { get; set; }

    /// <summary>Messages that a viewer should have got and never did.</summary>
    public long Lost { get; set; }

    /// <summary>Deliveries that a viewer already had.</summary>
    public long Duplicated { get; set; }

    /// <summary>Deliveries that came after a later one of the same publisher.</summary>
    public long Reordered { get; set; }

    /// <summary>Deliveries whose bytes were not those sent.</summary>
    public long Corrupted { get; set; }

    /// <summary>Sound deliveries that belong to another run, or to another channel than the viewer's.</summary>
    public long Foreign { get; set; }

    /// <summary>Connections that were refused or ended, and shouldn't have been.</summary>
    public long Disconnected { get; set; }

    /// <summary>Whether the relay did what it promises.</summary>
    public bool IsClean => Delivered > 0 && Lost + Duplicated + Reordered + Corrupted + Foreign + Disconnected == 0;
}
