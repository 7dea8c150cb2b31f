using Microsoft.Extensions.Options;
using OrleansRelay.Settings;

namespace OrleansRelay.Silo.Cluster.Database;

/// <summary><c>OrleansRelay.Silo db</c>: applies the schema and ends.</summary>
internal static class DatabaseCommand
{
    /// <summary>Applies it.</summary>
    /// <returns>0 when the database is up to date.</returns>
    /// <exception cref="OptionsValidationException">The settings or the database are wrong.</exception>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddSettings<ClusterOptions>(ClusterOptions.Section);
        using var host = builder.Build();
        var cluster = host.Services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        if (cluster.ConnectionString.Length == 0)
        {
            throw new OptionsValidationException(ClusterOptions.Section, typeof(ClusterOptions),
                [SettingsRules.Describe(ClusterOptions.Section, nameof(ClusterOptions.ConnectionString), "is needed.")]);
        }

        await using var database = DatabaseStart.Open(cluster.ConnectionString);
        try
        {
            await new DatabaseSchema(database, host.Services.GetRequiredService<ILogger<DatabaseSchema>>()).ApplyAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or TimeoutException)
        {
            throw new OptionsValidationException(ClusterOptions.Section, typeof(ClusterOptions),
                [await DatabaseCheck.FindFaultAsync(database, CancellationToken.None) ?? $"The schema could not be applied: {exception.Message}"]);
        }

        if (await DatabaseCheck.FindFaultAsync(database, CancellationToken.None) is { } fault)
        {
            throw new OptionsValidationException(ClusterOptions.Section, typeof(ClusterOptions), [fault]);
        }

        await Console.Out.WriteLineAsync($"The database has step {DatabaseSchema.Newest}, the newest.");
        return 0;
    }
}
