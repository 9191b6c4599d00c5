using System.Text.Json;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// A golden training run as a job: given initial weights, given data, and batches in natural order. Every step is an epoch of its
/// own, so that each step's loss is reported.
/// </summary>
internal sealed class GoldenTrajectory
{
    private const int Shards = 4;
    private readonly float[] _x;
    private readonly float[] _y;
    private readonly float[] _initial;
    private readonly int _rows;
    private readonly int _inputs;
    private readonly int _classes;

    public GoldenTrajectory(JsonElement item)
    {
        (_x, _y) = (item.Floats("x"), item.Floats("y"));
        (_rows, _inputs) = (item.Shape("x")[0], item.Shape("x")[1]);
        var initial = item.GetProperty("initial");
        var names = initial.EnumerateObject().Select(parameter => parameter.Name).ToList();
        _initial = [.. names.SelectMany(name => initial.Floats(name))];
        Losses = [.. item.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        Final = [.. names.SelectMany(name => item.GetProperty("final").Array(name))];
        // Class targets are a vector of indexes, values a matrix.
        _classes = item.Shape("y").Length > 1 ? 0 : initial.Shape(names[^1])[0];
        var widths = names.Where(name => name.EndsWith("weight", StringComparison.Ordinal)).Select(name => initial.Shape(name)[0]).ToList();
        var settings = item.GetProperty("settings");
        Job = new Job
        {
            Name = "golden",
            Data = new BuiltInData("iris"), // never read: the opener brings its own
            Model = [.. widths.Select((units, index) => new Dense(units) { Activation = index < widths.Count - 1 ? Activation.Relu : Activation.None })],
            Loss = _classes > 0 ? new CrossEntropy() : new MeanSquaredError(),
            Optimizer = Optimizer(settings.GetProperty("optimizer").GetString()!, settings),
            Penalty = new PenaltySpec(item.GetProperty("l1").GetDouble(), item.GetProperty("l2").GetDouble()),
            BatchSize = item.GetProperty("batch").GetInt32(),
            Shards = Shards,
            Epochs = Losses.Length,
        };
    }

    public Job Job { get; }

    /// <summary>The loss before each step.</summary>
    public double[] Losses { get; }

    public double[] Final { get; }

    /// <summary>Opens the run on a node.</summary>
    public JobOpenedHere Open(OpenJob open)
    {
        var batch = Job.BatchSize!.Value;
        var batches = new BatchPlan(Losses.Length * batch, batch, Shards, ShardBy.Batch, Job.Seed);
        var data = new DataSet
        {
            Sha256 = "golden",
            InputShape = [_inputs],
            TargetLength = _y.Length / _rows,
            Classes = [.. Enumerable.Range(0, _classes).Select(index => $"{index}")],
            Columns = [],
            Train = new NaturalOrder(this, batches, batch, Losses.Length),
            Validation = null,
            Test = null,
            Preparation = new Preparation { Normalization = Normalization.None },
        };
        var network = Network.Compile(Job.Model, Job.Loss, data.InputShape, data.TargetLength, _classes);
        var job = new OpenedJob(open.JobId, Job, data, network, open.Servers, new RunPlan(Job, batch) { Batches = batches });
        var store = new ParameterStore(network.Layout.Length);
        _initial.CopyTo(store.Initial);
        return new JobOpenedHere(open.JobId, job, store, "");
    }

    private static OptimizerSpec Optimizer(string name, JsonElement settings)
    {
        var rate = settings.GetProperty("learning_rate").GetDouble();
        return name switch
        {
            "gd" => new GradientDescent { LearningRate = rate, Momentum = settings.Number("momentum", 0), Nesterov = settings.Flag("nesterov", false) },
            "adam" => new Adam
            {
                LearningRate = rate,
                Beta1 = settings.Number("beta1", 0.9),
                Beta2 = settings.Number("beta2", 0.999),
                Epsilon = settings.Number("epsilon", 1e-8),
            },
            "adamw" => new AdamW
            {
                LearningRate = rate,
                Beta1 = settings.Number("beta1", 0.9),
                Beta2 = settings.Number("beta2", 0.999),
                Epsilon = settings.Number("epsilon", 1e-8),
                WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
            },
            "rmsprop" => new RmsProp { LearningRate = rate, Decay = settings.Number("decay", 0.99), Epsilon = settings.Number("epsilon", 1e-8) },
            "adagrad" => new Adagrad { LearningRate = rate, Epsilon = settings.Number("epsilon", 1e-10) },
            _ => throw new ArgumentException($"Golden optimizer '{name}' is unknown.", nameof(name)),
        };
    }

    /// <summary>Undoes the permutation: position j of step s is row (s · batch + j) mod rows.</summary>
    private sealed unsafe class NaturalOrder : Examples
    {
        private readonly GoldenTrajectory _golden;
        private readonly int[] _rowOf;

        public NaturalOrder(GoldenTrajectory golden, BatchPlan batches, int batch, int steps)
        {
            (_golden, Count) = (golden, batch);
            _rowOf = new int[batches.Rows];
            var slice = new int[batches.SliceLengthMax];
            var position = 0;
            for (var step = 0; step < steps; step++)
            {
                for (var shard = 0; shard < Shards; shard++)
                {
                    foreach (var index in slice.AsSpan(0, batches.Slice(step, shard, slice)))
                        _rowOf[index] = position++ % golden._rows;
                }
            }
        }

        public override int Count { get; }

        public override long RowId(int index) => _rowOf[index];

        public override void Read(ReadOnlySpan<int> rows, float* inputs, float* targets)
        {
            var width = _golden._y.Length / _golden._rows;
            for (var index = 0; index < rows.Length; index++)
            {
                var row = _rowOf[rows[index]];
                _golden._x.AsSpan(row * _golden._inputs, _golden._inputs).CopyTo(new Span<float>(inputs + (index * _golden._inputs), _golden._inputs));
                _golden._y.AsSpan(row * width, width).CopyTo(new Span<float>(targets + (index * width), width));
            }
        }
    }
}
