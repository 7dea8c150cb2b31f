namespace Orleans;

/// <summary>How long a grain of this class may stay unused before it is deactivated: the sum of the properties, at least a minute.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public class CollectionAgeLimitAttribute : Attribute
{
    public double Days { get; set; }
    public double Hours { get; set; }
    public double Minutes { get; set; }
    public bool AlwaysActive { get; set; }
    public TimeSpan AgeLimit => AlwaysActive ? TimeSpan.MaxValue
        : TimeSpan.FromMinutes(Math.Max(1, (Days * 24 * 60) + (Hours * 60) + Minutes));
}
