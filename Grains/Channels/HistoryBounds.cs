namespace OrleansRelay.Grains.Channels;

/// <summary>How much a channel holds for late joiners: its options, with what was set for this channel alone.</summary>
/// <param name="Messages">Most messages.</param>
/// <param name="Bytes">Most payload bytes.</param>
/// <param name="Age">How long a message is held.</param>
internal readonly record struct HistoryBounds(int Messages, long Bytes, TimeSpan Age);
