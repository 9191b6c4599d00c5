using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Whole training runs by PyTorch, replayed through the real parameter servers of clusters of 1, 2 and 3 nodes.</summary>
public class TrajectoryTests
{
    private const string FileName = "trajectories.json";

    /// <summary>The golden files' bound on losses over a run, as a share of the largest magnitude.</summary>
    private const double Tolerance = 1e-3;

    public static TheoryData<int> Sizes => [1, 2, 3];

    [Theory, MemberData(nameof(Sizes))]
    public async Task Losses_and_final_weights_are_those_of_PyTorch(int nodes)
    {
        GoldenTrajectory? current = null;
        await using var cluster = await TestCluster.Start(nodes, new NodeOptions { Opener = open => current!.Open(open) });
        var cases = GoldenFile.Cases(FileName);
        Assert.NotEmpty(cases);
        foreach (var (index, item) in cases.Index())
        {
            current = new GoldenTrajectory(item);
            var name = $"{item.GetProperty("name").GetString()}, {nodes} nodes";
            var id = $"golden-{index}";
            var result = await cluster.Train(current.Job, id);
            Assert.True(result.State == "completed", $"{name}: {result.StopReason}");
            Assert.Equal(current.Losses.Length, result.Steps);
            Assert.Equal(nodes, result.PerNode.Count(node => node.ShardSteps > 0));
            var losses = cluster.Events.OfType<EpochClosed>().Where(epoch => epoch.JobId == id).Select(epoch => epoch.Row.TrainLoss);
            Close(current.Losses, [.. losses], $"{name}: loss");
            Close(current.Final, Weights(cluster.ModelFolder(id)), $"{name}: final weights");
        }
    }

    /// <summary>All parameters of a saved model in layout order.</summary>
    private static double[] Weights(string folder)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        return [.. file.Tensors.SelectMany(tensor =>
        {
            int[] shape = [.. tensor.Shape.Select(size => (int)size)];
            var values = new float[shape.Aggregate(1, (product, size) => product * size)];
            file.Read(tensor.Name, shape, values);
            return values.Select(value => (double)value);
        })];
    }

    private static void Close(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        for (var index = 0; index < expected.Length; index++)
        {
            var difference = Math.Abs(expected[index] - actual[index]) / largest;
            Assert.True(difference <= Tolerance, $"{what}[{index}] is {actual[index]:G9}, expected {expected[index]:G9}: off by {difference:G3}");
        }
    }
}
