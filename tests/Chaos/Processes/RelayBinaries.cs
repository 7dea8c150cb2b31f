namespace OrleansRelay.Chaos.Processes;

/// <summary>Where the built silo and gateway are: beside the folder of the program that runs, in the same configuration.</summary>
internal static class RelayBinaries
{
    /// <summary>The command that runs a silo.</summary>
    public static string[] Silo(params string[] arguments) => ["dotnet", Find("Silo"), .. arguments];

    /// <summary>The command that runs a gateway.</summary>
    public static string[] Gateway() => ["dotnet", Find("Gateway")];

    private static string Find(string project)
    {
        // artifacts/bin/<project>/<configuration>/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"OrleansRelay.{project}.dll");
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"{path} is not there. Build it first: dotnet build OrleansRelay.sln.");
    }
}
