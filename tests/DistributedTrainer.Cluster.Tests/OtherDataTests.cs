using System.Buffers.Binary;
using System.IO.Compression;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>A node whose file differs gets no shards; the error names both hashes.</summary>
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
    public async Task A_file_that_is_missing_is_told_with_its_name()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("images.yaml", Job);
        await using var cluster = await HandMadeCluster.Start(workplace, DataFolder(workplace, "ours", seed: 1), null);
        await using var submit = cluster.Submit(job, "report");
        Assert.True(await submit.Exit() == 0, submit.Transcript());
        Assert.Contains(workplace.Report("report").Events, change =>
            change.Detail.Contains(HandMadeCluster.AddressOf(cluster.Nodes[1]), StringComparison.Ordinal)
            && change.Detail.Contains("DTRAIN_DATA", StringComparison.Ordinal));
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
