using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Tests.Hosting;

/// <summary>Wrong settings stop the start, all of them told at once; the variables of seed 002 work.</summary>
public sealed class SettingsTests
{
    private static readonly string[] Wrong =
    [
        "Gateway:MaxConnections=0", "Gateway:KnownProxies=nobody", "Gateway:Bananas=1", "Viewers:PingEvery=soon", "Ingest:BatchBytes=1",
        "DialBack:Port=70000", "DialBack:Addresses=Everyone", "Channels:Default:HistoryMessages=-1", "Channels:Namespaces:bots:Publishers=Many", "MAX_MESSAGE_SIZE=10 apples", "PORT=99999",
    ];

    [Fact]
    public async Task EveryWrongSettingOfEverySectionIsToldAtOnce()
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => RelayHost.StartAsync(Wrong));

        var failures = exception is AggregateException all ? all.InnerExceptions.Cast<OptionsValidationException>().SelectMany(one => one.Failures).ToArray() : [.. ((OptionsValidationException)exception).Failures];
        foreach (var setting in Wrong.Select(setting => setting[..setting.IndexOf('=', StringComparison.Ordinal)]))
        {
            Assert.Contains(failures, failure => failure.Contains(setting, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task TheVariablesOfSeed002StandForSettings()
    {
        await using var relay = await RelayHost.StartAsync("MAX_MESSAGE_SIZE=5000", "READ_BUFFER_SIZE=8192", "WRITE_BUFFER_SIZE=16384");
        var gateway = relay.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;

        Assert.Equal(5000, (await relay.Channel("chess").GetStateAsync()).Settings.MaxMessageBytes);
        Assert.Equal((8192, 16384), (gateway.ReadBufferBytes, gateway.WriteBufferBytes));
    }

    /// <summary>As in the README of seed 002.</summary>
    [Fact]
    public async Task TheyTakeUnits()
    {
        await using var relay = await RelayHost.StartAsync("MAX_MESSAGE_SIZE=1MB", "READ_BUFFER_SIZE=1MB", "WRITE_BUFFER_SIZE=16 KiB", "Channels:Default:HistoryBytes=3MiB");
        var gateway = relay.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var channel = (await relay.Channel("chess").GetStateAsync()).Settings;

        Assert.Equal((1 << 20, 1 << 20, 16 << 10), (channel.MaxMessageBytes, gateway.ReadBufferBytes, gateway.WriteBufferBytes));
    }

    [Fact]
    public async Task ASettingGoesBeforeTheVariable()
    {
        await using var relay = await RelayHost.StartAsync("MAX_MESSAGE_SIZE=5000", "Channels:Default:MaxMessageBytes=6000");

        Assert.Equal(6000, (await relay.Channel("chess").GetStateAsync()).Settings.MaxMessageBytes);
    }
}
