using System.Buffers.Binary;
using System.IO.Compression;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>A node whose file differs gets no shards, and the error names both hashes; one that has none fetches rows.</summary>
public class OtherDataTests
{
    private const string Job =
        """
        name: images
        data: mnist
        model: [ dense: { units: 10 } ]
        loss: cross-entropy
        optimizer: { gd: { learning-rate: 0.1 } }
        batch-size: 16
        epochs: 2
        """;

    [ClusterFact]
    public async Task A_file_that_differs_is_told_with_both_hashes()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("images.yaml", Job);
        var (ours, theirs) = (DataFolder(workplace, "ours", seed: 1), DataFolder(workplace, "theirs", seed: 2));
        await using var cluster = await HandMadeCluster.Start(workplace, ours, ours, theirs);
        await using var submit = cluster.Submit(job, "report");
        Assert.True(await submit.Exit() == 0, submit.Transcript());
        var report = workplace.Report("report");
        var stranger = HandMadeCluster.AddressOf(cluster.Nodes[2]);
        Assert.Equal(0, report.ShardSteps[stranger]);
        Assert.All(report.ShardSteps.Where(node => node.Key != stranger), node => Assert.True(node.Value > 0, $"{node.Key} computed nothing"));
        var told = Assert.Single(report.Events, change => change.Detail.Contains(stranger, StringComparison.Ordinal) && change.Detail.Contains("SHA-256", StringComparison.Ordinal));
        Assert.Matches("in mnist: SHA-256 [0-9a-f]{64}.*[0-9a-f]{64}", told.Detail);
        Assert.Contains(told.Detail, submit.Output);
    }

    [ClusterFact]
    public async Task Nodes_without_the_files_fetch_the_rows_and_the_weights_are_those_of_one_process()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("images.yaml", Job);
        var ours = DataFolder(workplace, "ours", seed: 1);
        var empty = new Dictionary<string, string> { ["DTRAIN_DATA"] = workplace.FullName("empty") };
        await using var cluster = await HandMadeCluster.Start(workplace, ours, empty, null);
        await using var submit = cluster.Submit(job, "report");
        Assert.True(await submit.Exit() == 0, submit.Transcript());
        await using var alone = Dtrain.Start(workplace, ours, "train", job, "--report", "alone");
        Assert.True(await alone.Exit() == 0, alone.Transcript());
        var report = workplace.Report("report");
        Assert.Equal(workplace.Report("alone").Hash, report.Hash);
        Assert.All(report.ShardSteps, node => Assert.True(node.Value > 0, $"{node.Key} computed nothing"));
        foreach (var node in cluster.Nodes.Skip(1))
            await node.Says($"mnist, is not on this node: it fetches rows from {HandMadeCluster.AddressOf(cluster.Nodes[0])}");
    }

    [ClusterFact]
    public async Task Files_that_no_node_has_are_told_with_their_names_and_the_nodes()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("images.yaml", Job);
        await using var cluster = await HandMadeCluster.Start(workplace, null, null);
        await using var submit = cluster.Submit(job, "report");
        Assert.True(await submit.Exit() == 2, submit.Transcript());
        Assert.Contains("no node of the cluster has the data", submit.Errors);
        Assert.Contains("DTRAIN_DATA", submit.Errors);
        Assert.All(cluster.Nodes, node => Assert.Contains(HandMadeCluster.AddressOf(node), submit.Errors));
    }

    /// <summary>Random images under MNIST's names.</summary>
    private static Dictionary<string, string> DataFolder(Workplace workplace, string name, int seed)
    {
        var folder = Directory.CreateDirectory(workplace.FullName(name, "mnist")).FullName;
        var random = new Random(seed);
        foreach (var (part, rows) in ((string, int)[])[("train", 64), ("t10k", 20)])
        {
            var images = new byte[rows * 28 * 28];
            random.NextBytes(images);
            Write(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"), [rows, 28, 28], images);
            Write(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"), [rows], [.. Enumerable.Range(0, rows).Select(row => (byte)(row % 10))]);
        }

        return new Dictionary<string, string> { ["DTRAIN_DATA"] = workplace.FullName(name) };
    }

    private static void Write(string path, int[] shape, byte[] values)
    {
        using var file = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        file.Write([0, 0, 8, (byte)shape.Length]);
        var size = new byte[4];
        foreach (var length in shape)
        {
            BinaryPrimitives.WriteInt32BigEndian(size, length);
            file.Write(size);
        }

        file.Write(values);
    }
}
