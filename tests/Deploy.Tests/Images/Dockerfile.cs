using System.Text.RegularExpressions;

namespace OrleansRelay.Deploy.Tests.Images;

/// <summary>One instruction: its name in capitals, the rest of it, with continued lines joined.</summary>
internal sealed record Instruction(string Name, string Arguments)
{
    /// <summary>Its words without flags such as <c>--from=build</c>.</summary>
    public string[] Words => [.. Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.StartsWith("--", StringComparison.Ordinal))];

    /// <returns>The value of a flag, null where it isn't given.</returns>
    public string? Flag(string name) => Arguments.Split(' ').FirstOrDefault(word => word.StartsWith($"--{name}=", StringComparison.Ordinal))?.Split('=', 2)[1];
}

/// <summary>A stage: what it is built from and what is done in it.</summary>
internal sealed record Stage(string BaseImage, string? Name, IReadOnlyList<Instruction> Instructions)
{
    public IEnumerable<Instruction> Named(string name) => Instructions.Where(instruction => instruction.Name == name);

    /// <summary>The variables that it sets, by name.</summary>
    public Dictionary<string, string> Variables() => Named("ENV")
        .SelectMany(instruction => instruction.Words)
        .Select(word => word.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);
}

/// <summary>A Dockerfile, as far as ours go.</summary>
internal static partial class Dockerfile
{
    /// <summary>Those of the product.</summary>
    public static readonly string[] Names = ["Silo", "Gateway"];

    /// <summary>Reads the Dockerfile of one of our projects.</summary>
    public static IReadOnlyList<Stage> Read(string project) => Parse(Repository.Read(project, "Dockerfile"));

    /// <summary>Splits a Dockerfile into stages.</summary>
    public static IReadOnlyList<Stage> Parse(string text)
    {
        var lines = Continued().Replace(Comment().Replace(text, ""), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var stages = new List<Stage>();
        foreach (var line in lines)
        {
            var words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            var instruction = new Instruction(words[0].ToUpperInvariant(), words.Length > 1 ? words[1] : "");
            if (instruction.Name == "FROM")
            {
                stages.Add(new Stage(instruction.Words[0], instruction.Words is [_, "AS", var name] ? name : null, []));
            }
            else
            {
                stages[^1] = stages[^1] with { Instructions = [.. stages[^1].Instructions, instruction] };
            }
        }

        return stages;
    }

    [GeneratedRegex(@"^\s*#.*\n", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\\\s*\n\s*")]
    private static partial Regex Continued();
}
