using System.ComponentModel.DataAnnotations;

namespace OrleansRelay.Silo.Storage;

/// <summary>Where one machine keeps what must survive a restart.</summary>
public sealed class StorageOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Storage";

    /// <summary>The folder; made when it isn't there.</summary>
    /// <value>Default <c>data</c> below the working folder.</value>
    [Required(AllowEmptyStrings = false)]
    public string Directory { get; set; } = "data";
}
