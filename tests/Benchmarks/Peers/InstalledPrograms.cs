namespace OrleansRelay.Benchmarks.Peers;

/// <summary>Finds what <c>install-peers.sh</c> has put on this machine.</summary>
internal static class InstalledPrograms
{
    /// <summary>Debian's places, for programs that only root has in its path.</summary>
    private static readonly string[] SystemFolders = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];

    /// <summary>Where the script builds and installs what no Debian package has; outside of the repository.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("RELAY_PEERS") is { Length: > 0 } folder
        ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "orleans-relay-peers");

    /// <summary>A program's path; null when it isn't there.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(SystemFolders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>What to say of a program that isn't there.</summary>
    public static string? MissingOf(string name) => Find(name) is null ? name : null;
}
