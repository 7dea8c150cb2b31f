using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Tests.Viewers;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Local;

namespace OrleansRelay.Gateway.Tests.Streams;

/// <summary>A channel's grain and stream in the hands of a test: what is held is one thing, what the stream brings is another.</summary>
internal sealed class FakeChannel
{
    /// <summary>The channel's name.</summary>
    public static readonly ChannelName Name = ChannelName.Parse("chess");

    public FakeChannel()
    {
        var grain = Answers.To<IChannelGrain>((method, arguments) => method.Name switch
        {
            nameof(IChannelGrain.GetStateAsync) or nameof(IChannelGrain.RenewGatewayAsync) => Reachable(() => State),
            nameof(IChannelGrain.ReadHistoryAsync) => Reachable(() => Read((long)arguments[0]!, (long)arguments[1]!)),
            nameof(IChannelGrain.OpenPublisherAsync) => Reachable(() => new PublisherOpened { IsAccepted = true, Session = ++Sessions, LastSequence = 0, State = State }),
            nameof(IChannelGrain.PublishAsync) => PublishAsync((PublishRequest)arguments[0]!),
            nameof(IChannelGrain.ClosePublisherAsync) => Task.CompletedTask,
            _ => throw new NotSupportedException(method.Name),
        });
        var stream = Answers.To<IAsyncStream<ChannelBatch>>((method, arguments) =>
        {
            if (method.Name == "SubscribeAsync")
            {
                Subscriptions++;
                return SubscriptionFails
                    ? Task.FromException<StreamSubscriptionHandle<ChannelBatch>>(new TimeoutException())
                    : Task.FromResult<StreamSubscriptionHandle<ChannelBatch>>(new FakeSubscription(() => Unsubscriptions++));
            }

            return method.Name == "GetAllSubscriptionHandles" ? Task.FromResult<IList<StreamSubscriptionHandle<ChannelBatch>>>([]) : throw new NotSupportedException(method.Name);
        });
        var services = new ServiceCollection().AddKeyedSingleton(ChannelStreams.Provider, Answers.To<IStreamProvider>((_, _) => stream)).AddMetrics().BuildServiceProvider();
        Cluster = Answers.To<IClusterClient>((method, _) => method.Name == "get_ServiceProvider" ? services : grain);
        Presences = new ChannelPresences(Cluster, new GatewayIdentity(), TimeProvider.System, NullLogger<ChannelPresences>.Instance);
        Metrics = new GatewayMetrics(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        Deflaters = new FrameDeflaters(Options.Create(new DeflateOptions()), Metrics);
        History = new HistoryReader(Cluster, Options.Create(new ViewerOptions()), Deflaters);
    }

    public IClusterClient Cluster { get; }

    /// <summary>What the process has of its own; the channel is elsewhere until a test says otherwise.</summary>
    public LocalChannels Locals { get; } = new();

    public ChannelPresences Presences { get; }

    public GatewayMetrics Metrics { get; }

    public FrameDeflaters Deflaters { get; }

    public HistoryReader History { get; }

    public long Epoch { get; set; } = 7;

    /// <summary>What the channel holds; the first one has <see cref="FirstHeld"/>.</summary>
    public List<Message> Held { get; } = [];

    public long FirstHeld { get; set; } = 1;

    public long Head => FirstHeld + Held.Count - 1;

    /// <summary>Whether its stream runs; each notice of <see cref="Batch"/> changes it.</summary>
    public ChannelLife Life { get; private set; }

    public bool IsUnreachable { get; set; }

    public bool SubscriptionFails { get; set; }

    public int Subscriptions { get; private set; }

    public int Unsubscriptions { get; private set; }

    public int Reads { get; private set; }

    public long Sessions { get; private set; }

    /// <summary>How a publish is answered.</summary>
    public Func<PublishRequest, Task<PublishResult>> OnPublish { get; set; } = _ => throw new NotSupportedException();

    private ChannelState State => new()
    {
        Channel = Name.Value,
        Epoch = Epoch,
        Head = Head,
        FirstHeld = FirstHeld,
        IsLive = true,
        Viewers = 0,
        HeldBytes = 0,
        RosterId = 1,
        Metadata = new ChannelMetadata(),
        Settings = Build.Settings(),
        Life = Life,
    };

    /// <summary>A feed of this channel, started.</summary>
    public async Task<ChannelFeed> StartFeedAsync()
    {
        var feed = new ChannelFeed(Name, Cluster, Locals, Presences, History, Deflaters, Metrics, NullLogger<ChannelFeed>.Instance);
        await feed.StartAsync().WithinTest("the feed to start");
        return feed;
    }

    /// <summary>The channel stores messages whose text is their offset.</summary>
    public void Store(int count)
    {
        for (var index = 0; index < count; index++)
        {
            Held.Add(Build.Text(Text(Head + 1)));
        }
    }

    /// <summary>A batch of stored messages as the stream would bring it.</summary>
    public ChannelBatch Batch(long from, long to, ChannelNotice notice = ChannelNotice.None)
    {
        Life = notice == ChannelNotice.None ? Life : Life.After(notice, head: to, now: 0);
        return new ChannelBatch
        {
            Epoch = Epoch,
            FirstOffset = from,
            Messages = [.. Enumerable.Range((int)from, (int)(to - from + 1)).Select(offset => Build.Text(Text(offset)))],
            Notice = notice,
            Life = Life,
        };
    }

    /// <summary>What a beat makes of the channel's state.</summary>
    public async Task BeatAsync() => await Presences.RenewAsync(Presences.Hold(Name, _ => { })).WithinTest("the beat");

    private static string Text(long offset) => offset.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Task<T> Reachable<T>(Func<T> answer) => IsUnreachable ? Task.FromException<T>(new TimeoutException("The channel can't be reached.")) : Task.FromResult(answer());

    private Task<PublishResult> PublishAsync(PublishRequest request) => IsUnreachable ? Task.FromException<PublishResult>(new TimeoutException()) : OnPublish(request);

    private HistoryPage Read(long from, long to)
    {
        Reads++;
        var first = Math.Max(from, FirstHeld);
        var count = (int)Math.Max(0, Math.Min(to, Head) - first + 1);
        return new HistoryPage { Epoch = Epoch, FirstOffset = first, Messages = [.. Held.Skip((int)(first - FirstHeld)).Take(count)], Head = Head, Life = Life };
    }
}
