using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OrleansRelay.Settings;

/// <summary>Registers options that are read from a section and checked before the host starts.</summary>
public static class SettingsExtensions
{
    /// <summary>Reads <typeparamref name="TOptions"/> from a section; a wrong setting stops the start with all failures listed.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section's name.</param>
    /// <param name="groups">Keys of the section that belong to other options.</param>
    public static IServiceCollection AddSettings<TOptions>(this IServiceCollection services, string section, params string[] groups)
        where TOptions : class
    {
        services.AddOptions<TOptions>().ValidateOnStart();
        return services.AddSettingsSection(provider =>
            new SettingsSection<TOptions>(provider.GetRequiredService<IConfiguration>(), _ => [section], groups));
    }

    /// <summary>The options, or the defaults of all of them when one is wrong: for what is put together before the host checks its settings.</summary>
    /// <remarks>The check that follows ends the start. To throw here already would tell the operator of this section's failures and of no others.</remarks>
    public static TOptions GetBeforeCheck<TOptions>(this IServiceProvider services)
        where TOptions : class, new()
    {
        try
        {
            return services.GetRequiredService<IOptions<TOptions>>().Value;
        }
        catch (OptionsValidationException)
        {
            return new TOptions();
        }
    }

    /// <summary>Registers a reader of sections for its options.</summary>
    public static IServiceCollection AddSettingsSection<TOptions>(this IServiceCollection services, Func<IServiceProvider, SettingsSection<TOptions>> create)
        where TOptions : class
    {
        services.TryAddSingleton(create);
        services.AddSingleton<IConfigureOptions<TOptions>>(provider => provider.GetRequiredService<SettingsSection<TOptions>>());
        services.AddSingleton<IValidateOptions<TOptions>>(provider => provider.GetRequiredService<SettingsSection<TOptions>>());
        return services;
    }
}
