using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;
using OrleansRelay.Grains.Hosting;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class ChannelOptionsTests
{
    [Fact]
    public void TheDefaultHoldsTheLongestGameOfSeed000()
    {
        var options = Of("");

        Assert.True(options.HistoryMessages >= 29_407 && options.HistoryBytes >= 7_986_000);
    }

    [Fact]
    public void ANamespaceGoesOverTheDefault()
    {
        var options = Of("bots", ("Channels:Default:HistoryMessages", "5"), ("Channels:Default:HistoryBytes", "6"), ("Channels:Namespaces:bots:HistoryMessages", "7"));

        Assert.Equal((7, 6), (options.HistoryMessages, options.HistoryBytes));
    }

    [Fact]
    public void AnotherNamespaceHasTheDefault() =>
        Assert.Equal(5, Of("cats", ("Channels:Default:HistoryMessages", "5"), ("Channels:Namespaces:bots:HistoryMessages", "7")).HistoryMessages);

    [Fact]
    public void TheHubIsSharedAndNotListedUnlessAnOperatorSaysElse()
    {
        Assert.Equal((PublisherPolicy.Shared, false), (Of("hub").Publishers, Of("hub").IsListed));
        Assert.True(Of("hub", ("Channels:Namespaces:hub:IsListed", "true")).IsListed);
    }

    [Fact]
    public void ANamespacesWrongValueIsItsOwn()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Of("bots", ("Channels:Namespaces:bots:PublisherLease", "00:00:00")));

        Assert.Contains("Channels:Namespaces:bots:PublisherLease (environment variable Channels__Namespaces__bots__PublisherLease) is '00:00:00'.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWrongDefaultIsNotBlamedOnANamespace()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Of("bots", ("Channels:Default:PublisherLease", "00:00:00"), ("Channels:Namespaces:bots:HistoryMessages", "7")));

        Assert.StartsWith("Channels:Default:PublisherLease (environment variable", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    private static ChannelOptions Of(string space, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        var services = new ServiceCollection().AddMetrics().AddRelayGrains(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptionsMonitor<ChannelOptions>>().Get(space);
    }
}
