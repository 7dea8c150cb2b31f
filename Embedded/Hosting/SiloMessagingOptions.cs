namespace Orleans.Configuration;

/// <summary>How calls behave.</summary>
public class SiloMessagingOptions
{
    /// <summary>How long a caller waits for the outcome of a call.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
