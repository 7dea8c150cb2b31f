using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OrleansRelay.Settings;

/// <summary>Reads one section of the settings into an options class and finds everything that is wrong with it at once.</summary>
/// <remarks>
/// The framework's binder stops at the first value of a wrong type and ignores unknown keys, so an operator would mend a file one
/// start at a time and never learn of a misspelt name. Here each key is read on its own: values of a wrong type and unknown keys
/// become failures of the options' validation, in the same list as values out of range, each with the name of its environment variable.
/// </remarks>
/// <param name="configuration">All settings.</param>
/// <param name="sectionsOf">The sections that make up the options of a name, the later ones over the earlier ones.</param>
/// <param name="groups">Keys of the section that hold sections of their own and belong to other options.</param>
public sealed class SettingsSection<TOptions>(IConfiguration configuration, Func<string, IEnumerable<string>> sectionsOf, params string[] groups)
    : IConfigureNamedOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class
{
    /// <inheritdoc/>
    public void Configure(TOptions options) => Configure(Options.DefaultName, options);

    /// <inheritdoc/>
    public void Configure(string? name, TOptions options)
    {
        foreach (var section in sectionsOf(name ?? ""))
        {
            Read(section, options, failures: null);
        }
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var failures = new List<string>();
        var sections = sectionsOf(name ?? "").ToArray();
        foreach (var section in sections)
        {
            Read(section, options, failures);
        }

        foreach (var failure in SettingsRules.Check(options))
        {
            // The value that counts is the last one given, so that is the one to change.
            var section = sections.LastOrDefault(one => configuration.GetSection(one)[failure.Property] is not null) ?? sections[^1];
            failures.Add(SettingsRules.Describe(section, failure.Property, failure.Text));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private void Read(string sectionName, TOptions options, List<string>? failures)
    {
        foreach (var entry in configuration.GetSection(sectionName).GetChildren())
        {
            var property = typeof(TOptions).GetProperty(entry.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null)
            {
                if (!groups.Contains(entry.Key, StringComparer.OrdinalIgnoreCase))
                {
                    failures?.Add(SettingsRules.Describe(sectionName, entry.Key, "is not a setting. Known here: "
                        + string.Join(", ", typeof(TOptions).GetProperties().Select(known => known.Name)) + "."));
                }
            }
            else if (string.IsNullOrEmpty(entry.Value) && !entry.GetChildren().Any())
            {
                // A variable that is set to nothing, as compose files do, is not given.
            }
            else if (property.PropertyType == typeof(string[]))
            {
                property.SetValue(options, entry.Value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    ?? [.. entry.GetChildren().Select(child => child.Value ?? "")]);
            }
            else if (TryConvert(property, entry.Value, out var value))
            {
                property.SetValue(options, value);
            }
            else
            {
                failures?.Add(SettingsRules.Describe(sectionName, property.Name, $"is '{entry.Value}', which is not {SettingsRules.FormOf(property)}."));
            }
        }
    }

    private static bool TryConvert(PropertyInfo property, string? text, out object? value)
    {
        var type = property.PropertyType;
        value = null;
        if (SettingsRules.IsByteSize(property))
        {
            var isSize = ByteSize.TryParse(text, out var bytes) && (type == typeof(long) || bytes <= int.MaxValue);
            value = isSize ? Convert.ChangeType(bytes, type, CultureInfo.InvariantCulture) : null;
            return isSize;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return false;
        }

        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, text.Trim());
            return value is not null && (!type.IsEnum || Enum.IsDefined(type, value));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }
}
