using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

/// <summary>The jobs that the repository carries.</summary>
internal static class ReadyJobs
{
    private static readonly string Folder = Path.Combine(Root(), "jobs");

    /// <summary>The files' names, in ordinal order.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    /// <param name="name">Relative to the folder of the jobs.</param>
    public static string PathOf(string name) => Path.GetFullPath(name, Folder);

    public static Job Read(string name) => JobFile.Parse(File.ReadAllText(PathOf(name)), PathOf(name));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistributedTrainer.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
