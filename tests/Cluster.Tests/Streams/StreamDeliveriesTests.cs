using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Silo.Streaming;

namespace OrleansRelay.Cluster.Tests.Streams;

/// <summary>What a batch costs its silo: one delivery a gateway, and nothing a viewer, who are none of the stream's business.</summary>
public sealed class StreamDeliveriesTests(SilosFixture silos) : IClassFixture<SilosFixture>
{
    private const int Batches = 50;

    private readonly string _channel = SilosFixture.NewChannel();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task ABatchCostsOneDeliveryAGateway(int gateways)
    {
        Heard[] heard = [.. Enumerable.Range(0, gateways).Select(_ => new Heard())];
        foreach (var (one, index) in heard.Select((one, index) => (one, index)))
        {
            await SubscribeAsync(index == 0 ? silos.Client : silos.Cluster.Silos[index % 3].ServiceProvider.GetRequiredService<IClusterClient>(), one);
        }

        // The first one brings the notice of the stream's start with it.
        await PublishAsync(heard, 1);
        long deliveries = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: StreamMetrics.MeterName, Name: "relay.stream.deliveries" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref deliveries, count));
        listener.Start();
        for (var number = 2; number < 2 + Batches; number++)
        {
            // One after the other, so that none is merged with the next.
            await PublishAsync(heard, number);
        }

        Assert.Equal(Batches * gateways, Interlocked.Read(ref deliveries));
    }

    private async Task PublishAsync(Heard[] heard, long number)
    {
        await silos.PublishAsync(_channel, number, number);
        await Task.WhenAll(heard.Select(one => one.HeardOf(number))).WithinTest($"batch {number} at every gateway");
    }

    private Task<StreamSubscriptionHandle<ChannelBatch>> SubscribeAsync(IClusterClient client, Heard one) =>
        client.GetStreamProvider(ChannelStreams.Provider).GetStream<ChannelBatch>(ChannelStreams.Of(ChannelName.Parse(_channel))).SubscribeAsync(one).WithinTest("a subscription");

    /// <summary>A gateway's end of the stream.</summary>
    private sealed class Heard : IAsyncObserver<ChannelBatch>
    {
        private readonly System.Threading.Channels.Channel<bool> _arrived = System.Threading.Channels.Channel.CreateUnbounded<bool>();
        private long _newest;

        public async Task HeardOf(long offset)
        {
            while (Interlocked.Read(ref _newest) < offset)
            {
                await _arrived.Reader.ReadAsync();
            }
        }

        public Task OnNextAsync(ChannelBatch item, StreamSequenceToken? token = null)
        {
            Interlocked.Exchange(ref _newest, item.NextOffset - 1);
            _arrived.Writer.TryWrite(true);
            return Task.CompletedTask;
        }

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
    }
}
