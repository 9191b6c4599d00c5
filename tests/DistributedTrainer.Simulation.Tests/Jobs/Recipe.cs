using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// A job of a few steps, loaded once for all stories, and what comes of it undisturbed. Its gradients are those of a real network: two sums
/// of the same shards in another order differ in some of their 12,000 elements.
/// </summary>
internal sealed class Recipe
{
    private const int Rows = 72;

    private readonly Lazy<Trajectory> _undisturbed;
    private readonly DataSet _data;
    private readonly Network _network;

    private Recipe(Job job)
    {
        Text = JobFile.Format(job);
        Job = JobFile.Parse(Text, "simulated job");
        var data = DataSet.Load(Job.Data, OpenedJob.TargetOf(Job.Loss), Job.Seed);
        // Runs dispose of their data; this is everybody's.
        _data = new DataSet
        {
            Sha256 = data.Sha256,
            InputShape = data.InputShape,
            TargetLength = data.TargetLength,
            Classes = data.Classes,
            Columns = data.Columns,
            Train = data.Train,
            Validation = data.Validation,
            Test = data.Test,
            Preparation = data.Preparation,
        };
        _network = Network.Compile(Job.Model, Job.Loss, _data.InputShape, _data.TargetLength, _data.Classes.Count);
        _undisturbed = new Lazy<Trajectory>(() => new Trajectory(Open(new OpenJob(1, 0, "plain", Text, 1, 0))));
    }

    public static IReadOnlyList<Recipe> All { get; } =
    [
        new(Plain),
        new(Plain with
        {
            Data = Plain.Data with { ValidationFraction = 0.25 },
            Optimizer = new Adam { LearningRate = 0.01 },
            Stop = new StopSpec { Patience = 1, MinDelta = 0.02 },
            Shards = 5,
            BatchSize = 7,
        }),
        new(Plain with
        {
            Optimizer = new GradientDescent { LearningRate = 0.05, Momentum = 0.9, Nesterov = true },
            Penalty = new PenaltySpec(1e-4, 1e-3),
            Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(5), Keep = 2 },
            Shards = 4,
        }),
        // What servers of different ranges must agree on: the gradient's norm, the plateau's rate, the average that is scored.
        new(Plain with
        {
            Data = Plain.Data with { ValidationFraction = 0.25 },
            Optimizer = new GradientDescent { LearningRate = 0.1, Momentum = 0.9 },
            Clip = new ClipNorm(0.3),
            Average = new AverageSpec(0.9),
            Schedule = new ReduceOnPlateau { Factor = 0.5, Patience = 1, MinDelta = 0.5, To = 1e-4 },
            Epochs = 4,
        }),
    ];

    public string Text { get; }

    public Job Job { get; }

    public Trajectory Undisturbed => _undisturbed.Value;

    private static Job Plain => new()
    {
        Name = "simulated",
        Data = new SyntheticData(Rows, 64, 4),
        Model = [new Dense(120) { Activation = Activation.Tanh }, new Dense(32) { Activation = Activation.Relu }, new Dense(4)],
        Loss = new CrossEntropy(),
        Optimizer = new GradientDescent { LearningRate = 0.1 },
        BatchSize = 9,
        Shards = 6,
        Epochs = 3,
        Checkpoint = new CheckpointSpec { Every = CheckpointInterval.Steps(4) },
    };

    public OpenedJob Open(OpenJob open) => new(open.JobId, Job, _data, _network, open.Servers)
    {
        StartVersion = open.Version,
        Checkpoint = open.Checkpoint,
        CheckpointFolder = open.CheckpointFolder,
    };

    /// <inheritdoc cref="JobOpenedHere.Open(OpenJob)"/>
    public ParameterStore NewStore(OpenJob open)
    {
        var store = new ParameterStore(_network.Layout.Length, open.Replicas > 0 ? 3 : 2, open.Version);
        if (open.Version == 0)
            _network.Initialize(store.Initial, Job.Seed);
        return store;
    }
}
