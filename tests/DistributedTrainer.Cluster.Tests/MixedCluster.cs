namespace DistributedTrainer.Cluster.Tests;

/// <summary>
/// Two nodes with vectors of different widths that stay from one test to the next: so the narrow one, whose code the compiler has to make
/// first, is late in the first job only. After a test that failed they are others.
/// </summary>
public sealed class MixedCluster : IAsyncLifetime
{
    private static readonly IReadOnlyDictionary<string, string> Narrow = WithData("DOTNET_EnableAVX2");

    private HandMadeCluster? _nodes;
    private bool _isFree;

    /// <summary>The widest vectors that this machine has.</summary>
    internal static IReadOnlyDictionary<string, string> Wide { get; } = WithData();

    /// <summary>Vectors of 256 bits at most; those without AVX2 have 128.</summary>
    internal static IReadOnlyDictionary<string, string> Middle { get; } = WithData("DOTNET_EnableAVX512");

    internal Workplace Workplace { get; } = new();

    /// <summary>The cluster; <see cref="GiveBack"/> says that the test has left it as it was.</summary>
    internal async Task<HandMadeCluster> Take()
    {
        if (_nodes is not null && !_isFree)
            await DisposeNodes();
        _nodes ??= await HandMadeCluster.Start(Workplace, Wide, Narrow);
        _isFree = false;
        return _nodes;
    }

    internal void GiveBack() => _isFree = true;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await DisposeNodes();
        Workplace.Dispose();
    }

    private async Task DisposeNodes()
    {
        if (_nodes is not null)
            await _nodes.DisposeAsync();
        _nodes = null;
    }

    private static Dictionary<string, string> WithData(params string[] without)
    {
        var environment = without.ToDictionary(name => name, _ => "0");
        if (Environment.GetEnvironmentVariable("DTRAIN_DATA") is { } folder)
            environment["DTRAIN_DATA"] = folder;
        return environment;
    }
}
