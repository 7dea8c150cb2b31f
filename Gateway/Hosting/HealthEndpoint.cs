using System.Globalization;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hub;

namespace OrleansRelay.Gateway.Hosting;

/// <summary><c>/health</c>: one JSON object that satisfies both shapes which seed 002's clients know.</summary>
/// <remarks>
/// Its first version was <c>{status, users, count}</c>, its last one <c>{status, version, deployment, server, metrics}</c>; clients of
/// each read the members they know. Messages and bytes count what came in, as there.
/// </remarks>
internal sealed class HealthEndpoint(IGrainFactory grains, ConnectionLimits connections, IngestTotals totals, GatewayDrain drain, TimeProvider time)
{
    private static readonly TimeSpan GrainWithin = TimeSpan.FromSeconds(2);
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public async Task HandleAsync(HttpContext context)
    {
        var now = time.GetUtcNow();
        var uptime = Math.Max(0.001, (now - _startedAt).TotalSeconds);
        var members = await TryListMembersAsync();
        var isHealthy = members is not null && !drain.IsDraining;
        var users = members?.Names ?? [];
        context.Response.StatusCode = isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsJsonAsync(
            new
            {
                status = isHealthy ? "healthy" : drain.IsDraining ? "draining" : "unavailable",
                version = "1.0.0",
                users,
                count = members?.Total ?? 0,
                deployment = new
                {
                    commit = Variable("BUILD_COMMIT", "unknown"),
                    timestamp = Variable("BUILD_TIME", Format(_startedAt)),
                    actor = Variable("BUILD_ACTOR", "manual"),
                    run_id = Variable("BUILD_RUN_ID", ""),
                    run_url = Variable("BUILD_RUN_URL", ""),
                },
                server = new { uptime_seconds = uptime, start_time = Format(_startedAt), current_time = Format(now) },
                metrics = new
                {
                    connected_users = members?.Total ?? 0,
                    users,
                    total_connections = connections.Total,
                    total_messages = totals.Messages,
                    total_bytes_relayed = totals.Bytes,
                    messages_per_second = totals.Messages / uptime,
                    bandwidth_mbps = totals.Bytes * 8 / uptime / 1_000_000,
                },
            },
            context.RequestAborted);
    }

    /// <returns>Null when the grains don't answer.</returns>
    private async Task<MemberPage?> TryListMembersAsync()
    {
        try
        {
            return await grains.GetGrain<IChannelGrain>(HubEndpoint.Channel.Value).ListMembersAsync(0, MemberPage.MaxNames).WaitAsync(GrainWithin, time);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Variable(string name, string otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;
}
