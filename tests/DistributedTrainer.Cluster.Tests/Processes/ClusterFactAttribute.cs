namespace DistributedTrainer.Cluster.Tests;

/// <summary>
/// A test of real processes. They take minutes, so a plain <c>dotnet test</c> skips them and says how to run them; signals and /proc,
/// by which they check that nothing is left, are Linux's.
/// </summary>
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = WhySkipped;

    public static string? WhySkipped { get; } =
        Environment.GetEnvironmentVariable("DTRAIN_CLUSTER_TESTS") != "1" ? "Set DTRAIN_CLUSTER_TESTS=1 and build Release to run the tests of real processes."
        : !OperatingSystem.IsLinux() ? "The tests of real processes need Linux."
        : null;
}

/// <summary>The same with rows of data.</summary>
public sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = ClusterFactAttribute.WhySkipped;

    /// <param name="folder">What must be in the folder that DTRAIN_DATA names; a fresh clone has it not.</param>
    public ClusterTheoryAttribute(string folder)
        : this() => Skip ??= Directory.Exists(Path.Combine(Environment.GetEnvironmentVariable("DTRAIN_DATA") ?? "", folder))
            ? null
            : $"DTRAIN_DATA does not name a folder with {folder}/ in it.";
}
