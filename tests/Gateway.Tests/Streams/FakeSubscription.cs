using Orleans.Streams;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Tests.Streams;

/// <summary>A subscription to a fake channel's stream.</summary>
internal sealed class FakeSubscription(Action unsubscribed) : StreamSubscriptionHandle<ChannelBatch>
{
    public override StreamId StreamId => ChannelStreams.Of(FakeChannel.Name);

    public override string ProviderName => ChannelStreams.Provider;

    public override Guid HandleId { get; } = Guid.NewGuid();

    public override Task UnsubscribeAsync()
    {
        unsubscribed();
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<ChannelBatch>> ResumeAsync(IAsyncObserver<ChannelBatch> observer, StreamSequenceToken? token = null) => throw new NotSupportedException();

    public override Task<StreamSubscriptionHandle<ChannelBatch>> ResumeAsync(IAsyncBatchObserver<ChannelBatch> observer, StreamSequenceToken? token = null) => throw new NotSupportedException();

    public override bool Equals(StreamSubscriptionHandle<ChannelBatch>? other) => ReferenceEquals(this, other);
}
