namespace Orleans.Placement;

/// <summary>Activate the grain where its first caller is: on this engine always so.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class PreferLocalPlacementAttribute : Attribute;
