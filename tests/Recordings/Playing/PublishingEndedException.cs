namespace OrleansRelay.Recordings.Playing;

/// <summary>The relay could not be reached, refused the channel, or closed it; the message says which, for the one who typed the command.</summary>
public sealed class PublishingEndedException(string message, Exception? cause = null) : Exception(message, cause);
