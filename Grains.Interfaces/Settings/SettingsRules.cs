using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace OrleansRelay.Settings;

/// <summary>The words in which a wrong setting is reported, the same for every section.</summary>
public static class SettingsRules
{
    private static readonly string[] Secrets = ["ConnectionString", "OperatorKey"];

    /// <summary>Finds values out of range by the options' validation attributes.</summary>
    public static IEnumerable<(string Property, string Text)> Check(object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result =>
        {
            var property = result.MemberNames.FirstOrDefault() ?? "";
            var value = options.GetType().GetProperty(property)?.GetValue(options);

            // A connection string has a password in it, a key is one: their values never reach a log.
            return (property, Secrets.Contains(property) ? $"is wrong. {result.ErrorMessage}" : $"is '{value}'. {result.ErrorMessage}");
        });
    }

    /// <summary>Names the setting, the environment variable that sets it, and what is wrong.</summary>
    public static string Describe(string section, string property, string text) =>
        $"{section}:{property} (environment variable {section.Replace(":", "__", StringComparison.Ordinal)}__{property}) {text}";

    /// <summary>Whether a setting is a number of bytes: its name says so.</summary>
    public static bool IsByteSize(PropertyInfo property) =>
        property.Name.EndsWith("Bytes", StringComparison.Ordinal) && (property.PropertyType == typeof(int) || property.PropertyType == typeof(long));

    /// <summary>Says how a setting's value is written.</summary>
    public static string FormOf(PropertyInfo property) => IsByteSize(property) ? ByteSize.Form + " in range" : FormOf(property.PropertyType);

    private static string FormOf(Type type) =>
        type == typeof(TimeSpan) ? "a time span such as 00:00:30"
        : type == typeof(bool) ? "true or false"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type))
        : type == typeof(string) ? "a text"
        : "a whole number in range";
}
