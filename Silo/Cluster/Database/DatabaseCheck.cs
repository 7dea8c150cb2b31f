using Npgsql;

namespace OrleansRelay.Silo.Cluster.Database;

/// <summary>Says in one sentence why a database can't be used, and what to do.</summary>
internal static class DatabaseCheck
{
    /// <summary>Checks that the database answers, has the schema, and takes writes.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static async Task<string?> FindFaultAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            if (connection.PostgreSqlVersion < new Version(12, 0))
            {
                return $"The database is PostgreSQL {connection.PostgreSqlVersion}; 12 or newer is needed.";
            }

            var current = await DatabaseSchema.CurrentAsync(connection, cancellationToken);
            if (current != DatabaseSchema.Newest)
            {
                return current > DatabaseSchema.Newest
                    ? $"The database's schema has step {current}, and this relay knows steps up to {DatabaseSchema.Newest}: a newer relay has been here. Deploy that one, or restore the backup made before it."
                    : $"The database's schema has step {current} of {DatabaseSchema.Newest}. Apply the others with `./relay db`, or let silos do it (Cluster:ApplySchema=true).";
            }

            await using var readOnly = new NpgsqlCommand("SELECT current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery()", connection);
            return await readOnly.ExecuteScalarAsync(cancellationToken) is true
                ? "The database is read-only: a standby, or default_transaction_read_only is set. A silo must be able to write."
                : null;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidCatalogName)
        {
            return "The server is there, the database isn't: create it, then `./relay db`.";
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return "The database refuses the user name or password of Cluster:ConnectionString.";
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return "The user of Cluster:ConnectionString may not read the relay's tables.";
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            return $"The database can't be reached ({exception.GetBaseException().GetType().Name}). Is PostgreSQL running at the host and port of Cluster:ConnectionString?";
        }
        catch (ArgumentException)
        {
            return "Cluster:ConnectionString is not a connection string of Npgsql (Host=…;Database=…;Username=…;Password=…).";
        }
    }
}
