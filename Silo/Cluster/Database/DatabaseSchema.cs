using System.Globalization;
using System.Reflection;
using Npgsql;

namespace OrleansRelay.Silo.Cluster.Database;

/// <summary>Brings a database's schema up to date, one numbered step after another, each in a transaction of its own.</summary>
/// <remarks>
/// A step is a file <c>NNNN-name.sql</c> beside this one. Steps that have run are in the table <c>relay_schema</c>; they are never edited,
/// a change is a new step. An advisory lock lets one process do it while others that start at the same time wait, then find nothing to do.
/// </remarks>
internal sealed partial class DatabaseSchema(NpgsqlDataSource database, ILogger logger)
{
    // Any number that nobody else of this database uses for a lock: "relaydb" in ASCII.
    private const long Lock = 0x72656C61796462;

    private static readonly IReadOnlyList<(int Number, string Name, string Sql)> Steps = LoadSteps();

    /// <summary>The number of the newest step.</summary>
    public static int Newest => Steps[^1].Number;

    /// <summary>Runs the steps that are missing.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({Lock})", cancellationToken);
        try
        {
            await ExecuteAsync(connection,
                "CREATE TABLE IF NOT EXISTS relay_schema (step integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())", cancellationToken);
            var current = await CurrentAsync(connection, cancellationToken);
            foreach (var (number, name, sql) in Steps.Where(step => step.Number > current))
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, sql, cancellationToken);
                await using var insert = new NpgsqlCommand("INSERT INTO relay_schema (step, name) VALUES ($1, $2)", connection)
                {
                    Parameters = { new() { Value = number }, new() { Value = name } },
                };
                await insert.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                Log.StepApplied(logger, number, name);
            }
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({Lock})", CancellationToken.None);
        }
    }

    /// <summary>The newest step that this database has, 0 for none.</summary>
    public static async Task<int> CurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('relay_schema') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return 0;
        }

        await using var newest = new NpgsqlCommand("SELECT coalesce(max(step), 0) FROM relay_schema", connection);
        return (int)(await newest.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // The statements that Orleans is to run hold parameters; here they are text, not parameters of ours.
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static (int Number, string Name, string Sql)[] LoadSteps()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                var file = name.Split('/')[^1];
                return (int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), file, reader.ReadToEnd());
            })
            .OrderBy(step => step.Item1)];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Applied step {Step} ({Name}) to the database.", EventName = "SchemaStepApplied")]
        public static partial void StepApplied(ILogger logger, int step, string name);
    }
}
