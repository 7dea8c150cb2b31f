using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>A page with what it complained about. Elements are found by their <c>data-test</c> names, which are the page's contract with its tests.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];

    public BrowserPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue($"console {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue($"uncaught: {error}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _complaints.Enqueue($"{response.Status} {response.Url}");
            }
        };
    }

    public IPage Page { get; }

    public ILocator Element(string test) => Page.Locator($"[data-test={test}]");

    public Task ShowsAsync(string test, string text) => Assertions.Expect(Element(test)).ToHaveTextAsync(text);

    public void AssertNoComplaints() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
