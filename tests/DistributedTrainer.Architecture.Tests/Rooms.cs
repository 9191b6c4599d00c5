namespace DistributedTrainer.Architecture.Tests;

/// <summary>The source projects and what each may build on: the arrows of docs/ARCHITECTURE.md, which point down only.</summary>
internal static class Rooms
{
    private const string Product = "DistributedTrainer.";

    /// <summary>By room: the rooms it may use.</summary>
    public static IReadOnlyDictionary<string, string[]> MayUse { get; } = new Dictionary<string, string[]>
    {
        ["Numerics"] = [],
        ["Learning"] = ["Numerics"],
        ["Data"] = ["Numerics"],
        ["Coordination"] = ["Learning", "Data", "Numerics"],
        ["Actors"] = ["Coordination", "Learning", "Data", "Numerics"],
        ["Cli"] = ["Actors", "Coordination", "Learning", "Data", "Numerics"],
    };

    /// <summary>By room: the packages it may use, by the beginning of their assemblies' names.</summary>
    public static IReadOnlyDictionary<string, string[]> MayTake { get; } = new Dictionary<string, string[]>
    {
        ["Numerics"] = [],
        ["Learning"] = [],
        ["Data"] = ["Sylvan.Data", "BigGustave"],
        ["Coordination"] = ["YamlDotNet"],
        ["Actors"] = ["Akka", "Google.Protobuf", "Hyperion", "Microsoft.Extensions."],
        ["Cli"] = ["Akka", "OxyPlot", "Spectre.Console", "System.CommandLine"],
    };

    public static TheoryData<string> Names => [.. MayUse.Keys];

    public static string Root { get; } = FindRoot();

    public static string Project(string room) => Product + room;

    /// <summary>The room of an assembly of ours; null for others.</summary>
    public static string? RoomOf(string assembly) =>
        assembly == "dtrain" ? "Cli" : assembly.StartsWith(Product, StringComparison.Ordinal) ? assembly[Product.Length..] : null;

    public static CompiledRoom Compiled(string room) =>
        new(Path.Combine(AppContext.BaseDirectory, room == "Cli" ? "dtrain.dll" : $"{Project(room)}.dll"));

    /// <summary>The source files under a folder of the repository, without what is built.</summary>
    public static IEnumerable<string> Sources(string folder, string pattern = "*.cs") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistributedTrainer.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
