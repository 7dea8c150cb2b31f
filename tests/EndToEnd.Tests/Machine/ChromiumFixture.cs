using Microsoft.Playwright;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>One Chromium for many tests; each test has a context of its own, which is as good as a browser of its own.</summary>
/// <remarks>Debian's Chromium, driven by the driver in the Playwright package: the browser that Playwright would download is not needed.</remarks>
public sealed class ChromiumFixture : IAsyncLifetime
{
    // The background flags keep Chromium from calling its maker's hosts; the sandbox doesn't work for root.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--disable-dev-shm-usage",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (MachineParts.IsLeftOut(MachineParts.Chromium))
        {
            return;
        }

        var path = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
            ?? throw MachineParts.Missing(MachineParts.Chromium, "there is no /usr/bin/chromium");
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync().WithinTest("Playwright's driver to start");
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Flags }).WithinTest("Chromium to start");
    }

    /// <summary>An empty page at the relay's address.</summary>
    internal async Task<BrowserPage> OpenAsync(Uri site, string path = "")
    {
        var context = await _browser!.NewContextAsync(new() { BaseURL = site.ToString(), ViewportSize = new() { Width = 1280, Height = 900 } });
        context.SetDefaultTimeout(20_000);
        BrowserPage page = new(context, await context.NewPageAsync());
        await page.Page.GotoAsync(new Uri(site, path).ToString());
        return page;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
