using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Training on rows that the model has labelled itself. That a cluster's weights are a plain loop's, and a resumed run's too, is tested with all other shapes of jobs.</summary>
public class PseudoLabelTests
{
    /// <summary>50 of 1,438 rows keep their labels; the other 1,388 get one where the model is sure.</summary>
    private static readonly Job FewLabels = SmallJobs.Digits with
    {
        Data = SmallJobs.Digits.Data with { LabelledRows = 50 },
        PseudoLabels = new PseudoLabelSpec { Confidence = 0.9, Rounds = 4, Every = 2 },
        Epochs = 10,
        Stop = new StopSpec(),
    };

    [Fact]
    public async Task Unlabelled_rows_make_a_better_model_than_few_labels_alone()
    {
        foreach (var seed in (ulong[])[1, 2, 3])
        {
            using var folder = new TemporaryFolder();
            var with = await Trainer.TrainAsync(FewLabels with { Seed = seed }, folder.Path, 2);
            // As many steps of as many rows.
            var labels = await Alone(seed, with.Steps);
            Assert.True(Accuracy(with) > Accuracy(labels) + 0.01, $"seed {seed}: {Accuracy(with):0.0000} with pseudo-labels, {Accuracy(labels):0.0000} without");
            var counts = with.PseudoLabels!;
            Assert.Equal((1388L, 4), (counts.Rows, counts.Labelled.Count));
            Assert.All(counts.Labelled, labelled => Assert.InRange(labelled, 500, 1388));
            Assert.True(counts.Labelled[^1] > counts.Labelled[0], $"the rounds labelled {string.Join(", ", counts.Labelled)} rows");
            Assert.InRange(counts.Right!.Value, 0.8 * counts.Labelled[^1], counts.Labelled[^1]);
            Assert.Null(labels.PseudoLabels);
        }
    }

    [Fact]
    public async Task Nothing_is_labelled_before_the_first_round_and_the_saved_model_has_no_labels_in_it()
    {
        using var folder = new TemporaryFolder();
        var job = FewLabels with { Stop = new StopSpec { Steps = 90 } };
        var result = await Trainer.TrainAsync(job, folder.Path, 2);
        Assert.Empty(result.PseudoLabels!.Labelled);
        Assert.Equal(0, result.PseudoLabels.Right);
        using var model = ModelFolder.Read(folder.Path);
        Assert.Equal((12_010, result.WeightsSha256), (model.Network.Layout.Length, model.Description.WeightsSha256));
        Assert.Equal(result.Validation!.Loss, Assert.Single(model.ScoreOwnParts()).Score.Loss);
    }

    [Fact]
    public async Task Rows_of_a_file_are_labelled_and_nobody_knows_how_many_rightly()
    {
        using var folder = new TemporaryFolder();
        var (labelled, unlabelled, report) = (folder.Path + "/a.csv", folder.Path + "/b.csv", folder.Path + "/report");
        File.WriteAllLines(labelled, ["x,y,kind", "0,0.1,red", "0.2,0,red", "1,0.9,blue", "0.8,1,blue"]);
        File.WriteAllLines(unlabelled, ["x,y", .. Enumerable.Range(0, 9).Select(row => row % 2 == 0 ? $"0.{row},0.1" : $"0.9,0.{row}")]);
        var job = new Job
        {
            Data = new CsvData(labelled, "kind") { UnlabelledFiles = new DataFiles(unlabelled) },
            Model = [new Dense(2)],
            Loss = new CrossEntropy(),
            Optimizer = new GradientDescent { LearningRate = 1 },
            PseudoLabels = new PseudoLabelSpec { Confidence = 0.5, Rounds = 1, Every = 3 },
            BatchSize = 4,
            Epochs = 5,
        };
        var result = await Trainer.TrainAsync(job, report, 1);
        Assert.Equal(PlainTraining.Hash(job, result.Steps), result.WeightsSha256);
        // An epoch has a place for each of 4 + 9 rows; of two classes one has half of the probability.
        Assert.Equal((20L, 65L), (result.Steps, result.Samples));
        Assert.Equal((9L, null), (result.PseudoLabels!.Rows, result.PseudoLabels.Right));
        Assert.Equal([9L], result.PseudoLabels.Labelled);
        Assert.NotEqual(SmallJobs.DataSha256(job with { Data = job.Data with { UnlabelledFiles = null } }), result.DataSha256);
    }

    /// <summary>Labels are a part of the state: whoever takes over has them, and those that come later count from the same weights.</summary>
    [Theory]
    [InlineData("leader", 3, 2)]
    [InlineData("primary", 3, 3)]
    [InlineData("worker", 3, 2)]
    public async Task A_node_dies_between_the_rounds_and_the_weights_stay(string victim, int nodes, int servers)
    {
        var endless = FewLabels with { PseudoLabels = new PseudoLabelSpec { Confidence = 0.8, Rounds = 100_000, Every = 1 }, Epochs = 1_000_000 };
        await using var cluster = await TestCluster.Start(nodes);
        cluster.Submit(endless, servers: servers, replicas: 1);
        await cluster.Hears<EpochClosed>(epoch => epoch.Row.Epoch == 3, "three epochs");
        var node = await RecoveryTests.Victim(cluster, victim);
        await cluster.Kill(node);
        await cluster.Hears<ClusterChanged>(
            change => change.Change.Kind == "shards-moved" && !change.Change.Detail.Contains(node.Address), "shards on the others");
        await cluster.Goes(100);
        var result = await RecoveryTests.Stop(cluster, endless);
        Assert.InRange(result.PseudoLabels!.Labelled.Count, 3, int.MaxValue);
        Assert.All(result.PseudoLabels.Labelled, labelled => Assert.InRange(labelled, 1, 1388));
    }

    private static async Task<JobResult> Alone(ulong seed, long steps)
    {
        using var folder = new TemporaryFolder();
        var job = FewLabels with { Seed = seed, PseudoLabels = null, Epochs = 100_000, Stop = new StopSpec { Steps = steps } };
        return await Trainer.TrainAsync(job, folder.Path, 2);
    }

    private static double Accuracy(JobResult result) => result.Validation!.Metrics.Single(metric => metric.Key == "accuracy").Value;
}
