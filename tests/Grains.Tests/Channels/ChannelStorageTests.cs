using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Hosting;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>A channel over a storage that is slow or away.</summary>
public sealed class ChannelStorageTests : IAsyncLifetime
{
    private readonly SlowStorage _storage = new();
    private SiloHost _silo = null!;

    private IChannelGrain Grain => _silo.Client.GetGrain<IChannelGrain>("chess");

    public async Task InitializeAsync() => _silo = await SiloHost.StartAsync(silo =>
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Channels:Default:PublisherLease"] = "00:00:01" });
        silo.Services.AddMetrics().AddRelayGrains(settings.Build()).AddGrainStorage(ChannelStreams.Storage, (_, _) => _storage);
    });

    public async Task DisposeAsync()
    {
        _storage.Open();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task TheEndOfAStreamWaitsForAWriteThatIsUnderWay()
    {
        await using var ear = new ChannelEar(_silo.Services, "chess");
        var opened = await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });
        await Grain.ClosePublisherAsync(opened.Session, isEnd: false);
        Assert.Equal(ChannelNotice.Started, (await ear.NextNoticeAsync()).Notice);

        // The lease runs out while the title is being written: the beat runs between other turns, and has the record to write as well.
        _storage.Close();
        var titled = Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final" });
        Assert.Equal(ChannelNotice.PublisherLost, (await ear.NextNoticeAsync()).Notice);
        _storage.Open();

        await titled.WithinTest("the title to be stored");
        await Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final 2" }).WithinTest("another title to be stored");
        Assert.Equal((1, 0), (_storage.MostWritesAtOnce, _storage.Conflicts));
        var state = await Grain.GetStateAsync();
        Assert.True(state.EndedAt > 0);
        Assert.Equal("Final 2", state.Metadata.Title);
    }

    [Fact]
    public async Task AStorageThatIsAwayDoesNotKeepAStreamFromRunning()
    {
        await Grain.GetStateAsync();
        await using var ear = new ChannelEar(_silo.Services, "chess");
        _storage.IsAway = true;

        var opened = await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });
        await Grain.PublishAsync(new PublishRequest { Session = opened.Session, PublisherId = "p", FirstSequence = 1, Messages = Messages.Texts("a") });
        await Grain.ClosePublisherAsync(opened.Session, isEnd: true);

        Assert.Equal((ChannelNotice.Started, 1), await ear.NextNoticeAsync());
        Assert.Equal((ChannelNotice.Ended, 2), await ear.NextNoticeAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final" }));
        _storage.IsAway = false;
    }

    /// <summary>Memory that a test can close, so that writes wait, and that counts what must not happen.</summary>
    private sealed class SlowStorage : IGrainStorage
    {
        private readonly ConcurrentDictionary<string, (object State, string ETag)> _states = [];
        private TaskCompletionSource _gate = Opened();
        private int _writes;
        private int _eTags;

        public int MostWritesAtOnce { get; private set; }

        public int Conflicts { get; private set; }

        public bool IsAway { get; set; }

        public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _gate.TrySetResult();

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (_states.TryGetValue($"{stateName}/{grainId}", out var known))
            {
                (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)known.State, known.ETag, true);
            }

            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            MostWritesAtOnce = Math.Max(MostWritesAtOnce, Interlocked.Increment(ref _writes));
            try
            {
                var expected = grainState.ETag;
                await _gate.Task;
                if (IsAway)
                {
                    throw new IOException("The storage is away.");
                }

                if (_states.TryGetValue($"{stateName}/{grainId}", out var known) && known.ETag != expected)
                {
                    Conflicts++;
                    throw new InconsistentStateException("Changed meanwhile.", known.ETag, expected ?? "");
                }

                grainState.ETag = $"{Interlocked.Increment(ref _eTags)}";
                grainState.RecordExists = true;
                _states[$"{stateName}/{grainId}"] = (grainState.State!, grainState.ETag);
            }
            finally
            {
                Interlocked.Decrement(ref _writes);
            }
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _states.TryRemove($"{stateName}/{grainId}", out _);
            (grainState.ETag, grainState.RecordExists) = (null!, false);
            return Task.CompletedTask;
        }

        private static TaskCompletionSource Opened()
        {
            var gate = new TaskCompletionSource();
            gate.SetResult();
            return gate;
        }
    }
}
