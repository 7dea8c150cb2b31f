namespace Orleans;

/// <summary>How long a grain of this class may stay unused before it is deactivated: the sum of the properties, at least a minute.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public class CollectionAgeLimitAttribute : Attribute
{
    /// <summary>Days of the limit.</summary>
    public double Days { get; set; }

    /// <summary>Hours of the limit.</summary>
    public double Hours { get; set; }

    /// <summary>Minutes of the limit.</summary>
    public double Minutes { get; set; }

    /// <summary>Never deactivate for being unused.</summary>
    public bool AlwaysActive { get; set; }

    /// <summary>The limit in force.</summary>
    public TimeSpan AgeLimit => AlwaysActive ? TimeSpan.MaxValue
        : TimeSpan.FromMinutes(Math.Max(1, (Days * 24 * 60) + (Hours * 60) + Minutes));
}
