using Microsoft.AspNetCore.WebUtilities;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Errors as <c>application/problem+json</c> (RFC 9457): what was wrong, the value, the limit, what to do; never an exception's text.</summary>
internal static class Problem
{
    /// <summary>Writes the error, if the response has not begun.</summary>
    public static Task WriteAsync(HttpContext context, int status, string detail, TimeSpan? retryAfter = null)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        if (retryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return context.Response.WriteAsJsonAsync(
            new { type = "about:blank", title = ReasonPhrases.GetReasonPhrase(status), status, detail },
            options: null,
            contentType: "application/problem+json",
            CancellationToken.None);
    }
}
