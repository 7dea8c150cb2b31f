using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>Serves <c>Pages/</c> from an address of its own, as somebody else's site does.</summary>
internal sealed class StaticPages : IAsyncDisposable
{
    private readonly WebApplication _site;

    private StaticPages(WebApplication site) => _site = site;

    public Uri Address => new(_site.Urls.Single());

    public static async Task<StaticPages> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "Pages")) });
        await site.StartAsync().WithinTest("the other site to start");
        return new(site);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
