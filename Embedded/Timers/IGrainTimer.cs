namespace Orleans.Runtime;

/// <summary>A timer of a grain; disposing it stops it and cancels the tick's token.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets new times; called in a tick, they hold from the end of it.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
