namespace Orleans.Runtime;

/// <summary>Base of what the engine itself throws.</summary>
public class OrleansException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The host stops and takes no more calls.</summary>
public sealed class SiloUnavailableException(string message) : OrleansException(message);
