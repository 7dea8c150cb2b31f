namespace Orleans.Runtime;

/// <summary>Base of what the engine itself throws.</summary>
public class OrleansException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The call was refused before the grain saw it.</summary>
public abstract class OrleansMessageRejectionException(string message) : OrleansException(message);

/// <summary>The host stops and takes no more calls.</summary>
public sealed class SiloUnavailableException(string message) : OrleansMessageRejectionException(message);
