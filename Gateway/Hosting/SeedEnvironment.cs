using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansRelay.Settings;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>The environment variables of seed 002's README: PORT, MAX_MESSAGE_SIZE, READ_BUFFER_SIZE, WRITE_BUFFER_SIZE.</summary>
/// <remarks>Each stands for a setting and gives way to it: <c>Channels__Default__MaxMessageBytes</c> goes before <c>MAX_MESSAGE_SIZE</c>.</remarks>
internal sealed class SeedEnvironment(IConfiguration configuration) : IValidateOptions<GatewayOptions>
{
    private static readonly (string Variable, string Setting)[] Sizes =
    [
        ("MAX_MESSAGE_SIZE", "Channels:Default:MaxMessageBytes"),
        ("READ_BUFFER_SIZE", "Gateway:ReadBufferBytes"),
        ("WRITE_BUFFER_SIZE", "Gateway:WriteBufferBytes"),
    ];

    /// <summary>Puts the variables' values in the place of settings that are not given.</summary>
    public static void Apply(IConfigurationManager configuration)
    {
        var values = Sizes
            .Where(size => IsSize(configuration[size.Variable]) && configuration[size.Setting] is null)
            .ToDictionary(size => size.Setting, size => configuration[size.Variable]);
        if (IsPort(configuration["PORT"]) && configuration["urls"] is null && configuration["http_ports"] is null)
        {
            values["urls"] = $"http://*:{configuration["PORT"]}";
        }

        configuration.AddInMemoryCollection(values);
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var failures = Sizes
            .Where(size => configuration[size.Variable] is not null && !IsSize(configuration[size.Variable]))
            .Select(size => $"Environment variable {size.Variable} is '{configuration[size.Variable]}', which is not {ByteSize.Form}. It stands for {size.Setting}.")
            .ToList();
        if (configuration["PORT"] is { } port && !IsPort(port))
        {
            failures.Add($"Environment variable PORT is '{port}', which is not a port from 0 to 65535.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsSize(string? text) => ByteSize.TryParse(text, out _);

    private static bool IsPort(string? text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
