using System.IO.Enumeration;

namespace OrleansRelay.Deploy.Tests.Images;

/// <summary>What .dockerignore lets through of the repository to a build.</summary>
/// <remarks>Patterns as Docker has them, as far as our file uses them: the last that fits decides, ! takes back, ** stands for any folders.</remarks>
internal sealed class BuildContext(string patterns)
{
    private readonly (string Pattern, bool IsKept)[] _patterns =
    [
        .. patterns.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => (line.TrimStart('!').TrimEnd('/'), line[0] == '!')),
    ];

    /// <summary>Whether a file of the repository, by its path there, is sent.</summary>
    public bool Sends(string path)
    {
        var isKept = true;
        foreach (var (pattern, keeps) in _patterns)
        {
            // A pattern that fits a folder fits all that is in it.
            var parts = path.Split('/');
            if (Enumerable.Range(1, parts.Length).Any(count => Fits(pattern, parts[..count])))
            {
                isKept = keeps;
            }
        }

        return isKept;
    }

    /// <summary>Copies what one COPY instruction takes.</summary>
    /// <param name="source">A file or folder of the repository.</param>
    /// <param name="destination">Where to: a folder when it ends in a slash.</param>
    /// <returns>How many files.</returns>
    public int Copy(string source, string destination)
    {
        var from = Repository.PathOf(source.TrimEnd('/'));
        var files = Directory.Exists(from) ? Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories) : [from];
        var copied = 0;
        foreach (var file in files.Where(file => File.Exists(file) && Sends(Path.GetRelativePath(Repository.Directory, file))))
        {
            var to = Directory.Exists(from) ? Path.Combine(destination, Path.GetRelativePath(from, file))
                : destination.EndsWith('/') ? Path.Combine(destination, Path.GetFileName(file))
                : destination;
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to, overwrite: true);
            copied++;
        }

        return copied;
    }

    private static bool Fits(string pattern, string[] parts)
    {
        var wanted = pattern.Split('/');
        return wanted[0] == "**"
            ? Enumerable.Range(0, parts.Length).Any(skipped => FitsExactly(wanted[1..], parts[skipped..]))
            : FitsExactly(wanted, parts);
    }

    private static bool FitsExactly(string[] wanted, string[] parts) =>
        wanted.Length == parts.Length && wanted.Zip(parts).All(pair => FileSystemName.MatchesSimpleExpression(pair.First, pair.Second, ignoreCase: false));
}
