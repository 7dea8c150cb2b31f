using Microsoft.Extensions.Options;
using Npgsql;
using OrleansRelay.Settings;

namespace OrleansRelay.Silo.Cluster.Database;

/// <summary>Before the silo joins: brings the schema up to date if asked, and stops the start with a clear sentence if the database can't be used.</summary>
internal sealed class DatabaseStart(IOptions<ClusterOptions> options, ILogger<DatabaseSchema> logger) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var database = Open(options.Value.ConnectionString);
        var fault = await DatabaseCheck.FindFaultAsync(database, cancellationToken);
        if (fault is not null && options.Value.ApplySchema)
        {
            await new DatabaseSchema(database, logger).ApplyAsync(cancellationToken);
            fault = await DatabaseCheck.FindFaultAsync(database, cancellationToken);
        }

        if (fault is not null)
        {
            throw new OptionsValidationException(ClusterOptions.Section, typeof(ClusterOptions), [fault]);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Opens a database. An unreadable connection string is an error of the settings, in words that don't repeat it.</summary>
    internal static NpgsqlDataSource Open(string connectionString)
    {
        try
        {
            return NpgsqlDataSource.Create(connectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new OptionsValidationException(ClusterOptions.Section, typeof(ClusterOptions),
                ["Cluster:ConnectionString is not a connection string of Npgsql (Host=…;Database=…;Username=…;Password=…)."]);
        }
    }
}
