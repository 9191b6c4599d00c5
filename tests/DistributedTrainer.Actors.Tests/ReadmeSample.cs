#region usings
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;
#endregion

// A namespace of its own, so that the sample needs the usings that the README shows.
namespace ReadmeSamples;

/// <summary>The README's C# version of jobs/digits-mlp.yaml. ReadmeTests compares the regions with the README, and runs them.</summary>
internal static class ReadmeSample
{
    public static async Task<(Job Job, JobResult Result)> RunAsync(string folder)
    {
        #region sample
        var job = new Job
        {
            Name = "digits-mlp",
            Data = new BuiltInData("digits") { ValidationFraction = 0.2 },
            Model =
            [
                new Dense(96) { Activation = Activation.Relu, Initializer = InitializerSpec.HeNormal },
                new Dense(10),
            ],
            Loss = new CrossEntropy(),
            Optimizer = new Adam { LearningRate = 0.003 },
            BatchSize = 32,
            Epochs = 15,
        };
        var result = await Trainer.TrainAsync(job, folder);
        Console.WriteLine($"loss {result.Validation!.Loss:0.0000}, weights {result.WeightsSha256}");
        #endregion
        return (job, result);
    }
}
