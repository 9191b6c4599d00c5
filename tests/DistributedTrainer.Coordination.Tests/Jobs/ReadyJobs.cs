namespace DistributedTrainer.Coordination.Tests;

/// <summary>The jobs that the repository carries.</summary>
internal static class ReadyJobs
{
    public static string Folder { get; } = Path.Combine(Root(), "jobs");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static Job Parse(string name, params string[] overrides) => JobFile.Parse(Text(name), Path.Combine(Folder, name), overrides);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistributedTrainer.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
