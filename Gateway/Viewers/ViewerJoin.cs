using OrleansRelay.Channels;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Brings one viewer from the buffer to live, with no gap and no duplicate at the seam.</summary>
/// <remarks>
/// <code>
///   1. hello             where it starts, and whether that continues what it had
///   2. pages of history  each sent before the next is read, so a slow joiner holds one page and nobody else up
///   3. attach            at exactly the next offset, as soon as the live log reaches back to it
///   4. seam              before it, what has started or ended since the hello
/// </code>
/// The live log and history count in the same offsets, so the seam is an equality and not a race. All of it goes through the viewer's
/// pump: pongs and the close slip in between the pages.
/// </remarks>
internal static class ViewerJoin
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(20);

    /// <summary>Joins.</summary>
    /// <exception cref="IOException">The viewer's connection broke, or it is being ended.</exception>
    /// <param name="feed">The channel's feed.</param>
    /// <param name="viewer">The viewer's pump.</param>
    /// <param name="format">The viewer's form.</param>
    /// <param name="start">Where it wishes to start.</param>
    /// <param name="state">The channel as it was before the handshake: what is published after the handshake is never missed.</param>
    /// <param name="time">The clock.</param>
    public static async Task RunAsync(ChannelFeed feed, ViewerPump viewer, ViewerFormat format, ViewerStart start, ChannelState state, TimeProvider time)
    {
        // 1.
        var (next, isRecovered, reason) = start.Resolve(state);
        if (format.HasNotices())
        {
            await viewer.SendOwnAsync(format.Notice(Notices.Hello(state, next.Offset, isRecovered, reason)));
        }

        // 2., 3. and 4.: the seam goes into the pump together with the cursor, so no live message can come before it.
        var known = state.Life;
        while (!feed.TryAttach(viewer, format, next, known))
        {
            var page = await feed.ReadHistoryAsync(next.Epoch, next.Offset);
            if (page.Page.Messages.Length == 0 && page.Page.Epoch == next.Epoch)
            {
                // The channel is in an epoch that this gateway's feed has not heard of yet.
                await Task.Delay(RetryAfter, time, CancellationToken.None);
                viewer.ThrowIfEnded();
            }

            (next, known) = await SendPageAsync(viewer, format, page, next, known);
        }

        viewer.Signal();
    }

    private static async Task<(Position Next, ChannelLife Known)> SendPageAsync(ViewerPump viewer, ViewerFormat format, EncodedPage page, Position next, ChannelLife known)
    {
        var (epoch, first) = (page.Page.Epoch, page.Page.FirstOffset);
        if (epoch != next.Epoch)
        {
            // The channel began again while this viewer was reading: what it read is void, and it starts over at the new begin.
            await TellAsync(viewer, format, Notices.Epoch(epoch, 1));
            return (new Position(epoch, 1), known);
        }

        var life = page.Page.Life;
        if (life.ResetVersion > known.Version)
        {
            // A publisher began anew while this viewer was reading: what it read is gone, and what this page has is not.
            await TellAsync(viewer, format, Notices.Started(new Position(epoch, life.ResetAfter), isReset: true));
            known = life.AtReset();
            next = next with { Offset = Math.Max(next.Offset, life.ResetAfter + 1) };
        }

        if (first > next.Offset)
        {
            await TellAsync(viewer, format, Notices.Gap(epoch, next.Offset, first - 1, "expired"));
        }

        if (page.Page.Messages.Length > 0)
        {
            await viewer.SendOwnAsync(page.In(format));
        }

        return (new Position(epoch, page.Page.NextOffset), known);
    }

    private static Task TellAsync(ViewerPump viewer, ViewerFormat format, byte[] notice) =>
        format.HasNotices() ? viewer.SendOwnAsync(format.Notice(notice)) : Task.CompletedTask;
}
