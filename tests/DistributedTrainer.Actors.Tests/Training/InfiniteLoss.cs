using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A job with one row so large that its squared error is infinite. Where the permutation puts it is known beforehand.</summary>
internal static class InfiniteLoss
{
    private const int Rows = 64;
    private const int BadRow = 37;

    public static Job Job(TemporaryFolder folder) => new()
    {
        Data = new CsvData(folder.Write("data.csv", "x,y\n" + string.Concat(Enumerable.Range(0, Rows).Select(Line))), "y") { Normalize = Normalization.None },
        Model = [new Dense(1)],
        Loss = new MeanSquaredError(),
        Optimizer = new GradientDescent { LearningRate = 0.01 },
        BatchSize = 16,
        Shards = 4,
        Epochs = 3,
    };

    public static (long Step, int Shard) WhereIs(Job job)
    {
        var plan = new RunPlan(job, Rows);
        var rows = new int[plan.Batches.SliceLengthMax];
        for (var step = 0L; ; step++)
        {
            for (var shard = 0; shard < plan.Shards; shard++)
            {
                if (rows.AsSpan(0, plan.Batches.Slice(step, shard, rows)).Contains(BadRow))
                    return (step, shard);
            }
        }
    }

    private static string Line(int row) => row == BadRow ? "1e30,1\n" : FormattableString.Invariant($"{row * 0.01:0.00},1\n");
}
