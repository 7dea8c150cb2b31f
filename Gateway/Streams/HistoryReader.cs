using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Streams;

/// <summary>Reads the buffers of channels for late joiners, each part once however many join.</summary>
/// <remarks>
/// A thousand viewers who join at once read the same pages: the channel is asked once for each, and each is encoded once. Pages end at
/// offsets that are multiples of <see cref="BlockMessages"/>, so that viewers who came at different moments still share them; only full
/// ones are kept, because they never change.
/// </remarks>
internal sealed class HistoryReader(IGrainFactory grains, IOptions<ViewerOptions> options, FrameDeflaters deflaters) : IDisposable
{
    /// <summary>Messages of a full page: 256 of seed 000's 270 bytes make one write of 70 KB.</summary>
    public const int BlockMessages = 256;

    private readonly ConcurrentDictionary<PageKey, Task<EncodedPage>> _asked = [];
    private readonly MemoryCache _pages = new(new MemoryCacheOptions { SizeLimit = Math.Max(1, options.Value.HistoryCacheBytes) });

    /// <summary>Reads from an offset to the end of its block, or as far as a page or the channel goes.</summary>
    public Task<EncodedPage> ReadAsync(ChannelName channel, long epoch, long fromOffset)
    {
        var key = new PageKey(channel, epoch, fromOffset);
        if (_pages.TryGetValue(key, out EncodedPage? known))
        {
            return Task.FromResult(known!);
        }

        var asked = _asked.GetOrAdd(key, AskAsync);
        if (asked.IsCompleted)
        {
            // Its answer came before the question was on the list, where nobody else would take it off.
            _asked.TryRemove(KeyValuePair.Create(key, asked));
        }

        return asked;
    }

    private async Task<EncodedPage> AskAsync(PageKey key)
    {
        // So that the question is on the list before its answer, all but always.
        await Task.Yield();
        try
        {
            var toOffset = (key.FromOffset + BlockMessages - 1) / BlockMessages * BlockMessages;
            var page = new EncodedPage(await grains.GetGrain<IChannelGrain>(key.Channel.Value).ReadHistoryAsync(key.FromOffset, toOffset), deflaters);
            if (page.Page.Epoch == key.Epoch && page.Page.FirstOffset == key.FromOffset && page.Page.Head >= toOffset)
            {
                _pages.Set(key, page, new MemoryCacheEntryOptions { Size = page.Bytes, SlidingExpiration = TimeSpan.FromMinutes(1) });
            }

            return page;
        }
        finally
        {
            _asked.TryRemove(key, out _);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();

    private readonly record struct PageKey(ChannelName Channel, long Epoch, long FromOffset);
}

/// <summary>A page of history with its bytes in each form that someone asked for.</summary>
internal sealed class EncodedPage(HistoryPage page, FrameDeflaters deflaters)
{
    private readonly byte[]?[] _forms = new byte[]?[ViewerFormats.Count];

    /// <summary>The messages.</summary>
    public HistoryPage Page => page;

    /// <summary>What it costs to keep: the payload, and as much again for the form that most viewers have.</summary>
    public long Bytes { get; } = 2 * page.Messages.Sum(message => (long)message.Payload.Length + 32);

    /// <summary>All its frames in one run of bytes. Two who ask at once may both encode; one of them wins.</summary>
    public ReadOnlyMemory<byte> In(ViewerFormat format)
    {
        if (_forms[(int)format] is { } known)
        {
            return known;
        }

        var target = new ArrayBufferWriter<byte>();
        var deflater = deflaters.For(format);
        var frame = deflater is null ? target : new ArrayBufferWriter<byte>();
        for (var index = 0; index < page.Messages.Length; index++)
        {
            format.Write(frame, page.Messages[index], new Position(page.Epoch, page.FirstOffset + index));
            if (deflater is not null)
            {
                target.Write(deflater.Shrink(frame.WrittenMemory));
                frame.ResetWrittenCount();
            }
        }

        return _forms[(int)format] = target.WrittenSpan.ToArray();
    }
}
