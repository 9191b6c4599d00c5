namespace DistributedTrainer.Cluster.Tests;

/// <summary>Where things are in the repository that these tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The Release build, as users run it.</summary>
    public static string Program { get; } = Path.Combine(Root, "src", "DistributedTrainer.Cli", "bin", "Release", "net10.0", "dtrain");

    public static string Job(string name) => Path.Combine(Root, "jobs", name);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistributedTrainer.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
