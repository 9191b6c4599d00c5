using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>A cluster of <c>dtrain node</c> processes, each started by hand.</summary>
internal sealed class HandMadeCluster : IAsyncDisposable
{
    private readonly Workplace _workplace;
    private readonly List<Dtrain> _nodes = [];
    private readonly string _seed = $"127.0.0.1:{FreePort()}";

    private HandMadeCluster(Workplace workplace) => _workplace = workplace;

    public IReadOnlyList<Dtrain> Nodes => _nodes;

    public string Seed => _seed;

    /// <param name="environments">One a node, null for this one's own.</param>
    public static async Task<HandMadeCluster> Start(Workplace workplace, params IReadOnlyDictionary<string, string>?[] environments)
    {
        var cluster = new HandMadeCluster(workplace);
        foreach (var environment in environments)
            await cluster.Add(environment);
        return cluster;
    }

    /// <summary>Starts a node and waits until the coordinator counts it.</summary>
    public async Task<Dtrain> Add(IReadOnlyDictionary<string, string>? environment = null)
    {
        var node = await Join(environment);
        await Status(status => status.Pids.Contains(node.Id), "the new node in the cluster's status");
        return node;
    }

    /// <summary>Starts a node and waits until it has joined; the coordinator may hear of it a moment later.</summary>
    public async Task<Dtrain> Join(IReadOnlyDictionary<string, string>? environment = null)
    {
        var isFirst = _nodes.Count == 0;
        var node = isFirst
            ? Dtrain.Start(_workplace, environment, "node", "--threads", "1", "--port", _seed[(_seed.IndexOf(':') + 1)..])
            : Dtrain.Start(_workplace, environment, "node", "--threads", "1", "--port", "0", "--seeds", _seed);
        _nodes.Add(node);
        await node.Says("joined");
        return node;
    }

    public Dtrain Submit(string job, string report, params string[] more) =>
        Dtrain.Start(_workplace, null, ["submit", job, "--seeds", SeedThatRuns(), "--follow", "--report", report, .. more]);

    public async Task<(string Id, long Step)> RunningJob(long step)
    {
        var status = await Status(status => status.Job is { } job && job.Step >= step, $"step {step}");
        return status.Job!.Value;
    }

    /// <summary>Asks a node that runs until the answer is as expected.</summary>
    public Task<ClusterState> Status(Func<ClusterState, bool> expected, string what) => Workplace.Until(AskStatus, expected, what);

    public async Task Cancel(string id)
    {
        await using var cancel = await Dtrain.Run(_workplace, "cancel", id, "--seeds", SeedThatRuns());
        Assert.True(await cancel.Exit() == 0, cancel.Transcript());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The address that a node printed.</summary>
    public static string AddressOf(Dtrain node)
    {
        var line = node.Output.Split('\n').First(line => line.StartsWith("dtrain node ", StringComparison.Ordinal));
        return line["dtrain node ".Length..line.IndexOf(',')];
    }

    private string SeedThatRuns() => string.Join(',', _nodes.Where(node => !node.HasExited).Select(AddressOf));

    private async Task<ClusterState> AskStatus()
    {
        await using var asked = await Dtrain.Run(_workplace, "status", "--json", "--seeds", SeedThatRuns());
        Assert.True(await asked.Exit() == 0, asked.Transcript());
        return new ClusterState(JsonDocument.Parse(asked.Output).RootElement);
    }
}

/// <summary>What <c>dtrain status --json</c> says.</summary>
internal sealed class ClusterState(JsonElement status)
{
    public IReadOnlyList<int> Pids => [.. status.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("pid").GetInt32())];

    /// <summary>The first job that runs.</summary>
    public (string Id, long Step)? Job
    {
        get
        {
            foreach (var job in status.GetProperty("jobs").EnumerateArray())
            {
                if (job.GetProperty("state").GetString() == "running")
                    return (job.GetProperty("id").GetString()!, job.GetProperty("step").GetInt64());
            }

            return null;
        }
    }

    public int ShardsOf(int pid) => status.GetProperty("nodes").EnumerateArray()
        .Where(node => node.GetProperty("pid").GetInt32() == pid).Sum(node => node.GetProperty("shards").GetArrayLength());

    /// <summary>What a node has computed of the job that runs.</summary>
    public long ShardStepsOf(int pid) => status.GetProperty("nodes").EnumerateArray()
        .Where(node => node.GetProperty("pid").GetInt32() == pid).Sum(node => node.GetProperty("shard_steps").GetInt64());

    public override string ToString() => status.GetRawText();
}
