using System.Text.RegularExpressions;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>
/// Each ready job on three nodes, one of them with 128-bit vectors and without fused multiply-adds, of which one is killed half-way. The jobs
/// have no end here: each is stopped a little later, and its weights must be those of one undisturbed node that was to stop at that step.
/// </summary>
public partial class ReadyJobTests(ReadyJobTests.SharedCluster shared) : IClassFixture<ReadyJobTests.SharedCluster>
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Repository.Job(""), "*.yaml").Select(path => Path.GetFileName(path)).Where(HasData).Order(StringComparer.Ordinal)];

    [ClusterTheory, MemberData(nameof(Names))]
    public async Task Three_nodes_of_other_kinds_one_of_them_killed_end_at_the_same_weights(string name)
    {
        var cluster = await shared.Started();
        await using var submit = cluster.Submit(shared.Workplace.Write(name, Endless(name, "")), $"{name}-disturbed");
        var (id, _) = await cluster.RunningJob(step: 4);
        // In turn a node that has shards alone, and one that has a range of the parameters too: it joined before.
        var victim = shared.NextVictim();
        victim.Signal(Dtrain.Kill);
        var after = await cluster.Status(status => !status.Pids.Contains(victim.Id) && status.Job is not null, "the cluster without the killed node");
        await cluster.RunningJob(after.Job!.Value.Step + 2);
        await cluster.Cancel(id);
        Assert.True(await submit.Exit() == 0, submit.Transcript());
        var disturbed = shared.Workplace.Report($"{name}-disturbed");
        Assert.Contains(disturbed.Events, change => change.Kind == "node-lost" && change.Node == HandMadeCluster.AddressOf(victim));
        Assert.Equal(Math.Min(3, disturbed.Shards), disturbed.ShardSteps.Values.Count(steps => steps > 0));

        var job = shared.Workplace.Write(name, Endless(name, $"stop: {{ steps: {disturbed.Steps} steps }}"));
        await using var train = Dtrain.Start(shared.Workplace, SharedCluster.Data, "train", job, "--report", $"{name}-undisturbed");
        Assert.True(await train.Exit() == 0, train.Transcript());
        var undisturbed = shared.Workplace.Report($"{name}-undisturbed");
        Assert.Equal((undisturbed.Steps, undisturbed.Hash), (disturbed.Steps, disturbed.Hash));
        await shared.Replace(victim);
    }

    private static bool HasData(string name) => name.Split('-')[0] switch
    {
        "mnist" => SharedCluster.Has("mnist"),
        "shakespeare" => SharedCluster.Has("tinyshakespeare"),
        _ => true,
    };

    /// <summary>The ready job without its own end, and with paths that lead to its files from anywhere.</summary>
    private static string Endless(string name, string end)
    {
        var text = StopRule().Replace(File.ReadAllText(Repository.Job(name)), "");
        text = Epochs().Replace(text, "epochs: 100000000");
        return RelativePath().Replace(text, match => $"path: {Repository.Job(match.Groups[1].Value)}") + end + "\n";
    }

    [GeneratedRegex("^stop:.*\n", RegexOptions.Multiline)]
    private static partial Regex StopRule();

    [GeneratedRegex("^epochs:.*$", RegexOptions.Multiline)]
    private static partial Regex Epochs();

    [GeneratedRegex("path: (data/[^ }\n]*)")]
    private static partial Regex RelativePath();

    /// <summary>Three nodes that all jobs run on, one after the other; who was killed is replaced by one of its kind.</summary>
    public sealed class SharedCluster : IAsyncLifetime
    {
        private readonly Dictionary<int, IReadOnlyDictionary<string, string>> _kinds = [];
        private HandMadeCluster? _cluster;
        private int _victims;

        internal static IReadOnlyDictionary<string, string> Data { get; } = Environment.GetEnvironmentVariable("DTRAIN_DATA") is { Length: > 0 } folder
            ? new Dictionary<string, string> { ["DTRAIN_DATA"] = Path.GetFullPath(folder) } : [];

        internal Workplace Workplace { get; } = new();

        public static bool Has(string set) => Data.TryGetValue("DTRAIN_DATA", out var folder) && Directory.Exists(Path.Combine(folder, set));

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (_cluster is not null)
                await _cluster.DisposeAsync();
            Workplace.Dispose();
        }

        internal async Task<HandMadeCluster> Started()
        {
            if (_cluster is not null)
                return _cluster;
            _cluster = await HandMadeCluster.Start(Workplace, Data);
            await Add(new Dictionary<string, string>(Data) { ["DOTNET_EnableAVX2"] = "0" });
            await Add(Data);
            return _cluster;
        }

        /// <summary>Of those that run, in order of joining, in turn the third and the second. The first is the seed of all that come.</summary>
        internal Dtrain NextVictim() => _cluster!.Nodes.Where(node => !node.HasExited).ElementAt(_victims++ % 2 == 0 ? 2 : 1);

        internal async Task Replace(Dtrain victim)
        {
            await victim.Exit();
            await Add(_kinds[victim.Id]);
        }

        private async Task Add(IReadOnlyDictionary<string, string> kind) => _kinds[(await _cluster!.Add(kind)).Id] = kind;
    }
}
