using System.Net.WebSockets;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Ingest.DialBack;

/// <summary>Connects to a dashboard, trying again with growing, jittered waits within a time limit.</summary>
internal sealed class DashboardDialer(TimeProvider time)
{
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Connects.</summary>
    /// <param name="dashboard">Where to.</param>
    /// <param name="within">When to give up.</param>
    /// <param name="cancellationToken">Gives up at once.</param>
    /// <returns>The open WebSocket, or why there is none.</returns>
    public async Task<(WebSocket? Socket, DialFailure Failure)> DialAsync(Uri dashboard, TimeSpan within, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var backoff = new Backoff(FirstRetryAfter, LongestRetryAfter, time);
        while (true)
        {
            var socket = new ClientWebSocket();
            socket.Options.Proxy = null;
            try
            {
                await socket.ConnectAsync(dashboard, either.Token);
                return (socket, DialFailure.None);
            }
            catch (WebSocketException exception) when (exception.WebSocketErrorCode != WebSocketError.Faulted || (int)socket.HttpStatusCode > 0
                || exception.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse })
            {
                // Something answers there and it is no WebSocket server: it won't become one by waiting.
                socket.Dispose();
                return (null, DialFailure.NotWebSocket);
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
            {
                socket.Dispose();
            }

            try
            {
                await backoff.WaitAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return (null, DialFailure.NoAnswer);
            }
        }
    }
}

/// <summary>Why a dashboard could not be connected to.</summary>
internal enum DialFailure
{
    /// <summary>It could.</summary>
    None,

    /// <summary>Nobody accepted the connection within the time limit.</summary>
    NoAnswer,

    /// <summary>Somebody did, and does not speak WebSocket on that path.</summary>
    NotWebSocket,
}
