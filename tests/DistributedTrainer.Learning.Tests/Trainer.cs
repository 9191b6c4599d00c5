using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>The smallest trainer there is: one pass and one optimizer over the whole vector, all shards in one slot.</summary>
internal sealed unsafe class Trainer : IDisposable
{
    private readonly Network _network;
    private readonly NetworkPass _pass;
    private readonly RangeOptimizer _optimizer;
    private readonly FloatBuffer _gradient;
    private readonly int _shards;
    private long _step;

    public Trainer(Network network, OptimizerSpec optimizer, PenaltySpec penalty, int maxRows, int shards)
    {
        _network = network;
        _shards = shards;
        _pass = network.CreatePass(maxRows);
        _optimizer = new RangeOptimizer(optimizer, penalty, network.Layout, 0, network.Layout.Length);
        _gradient = new FloatBuffer(network.Layout.Length);
        Parameters = new FloatBuffer(network.Layout.Length);
    }

    public FloatBuffer Parameters { get; }

    /// <summary>One step over rows of x (rows, inputs) and y (rows, targets); returns the mean loss before it.</summary>
    public double Step(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sums = Gradient(x, y);
        _optimizer.Update(Parameters.Pointer, Parameters.Pointer, _gradient.Pointer, sums, _step++);
        return sums.Loss / sums.Denominator;
    }

    public double Loss(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sums = Gradient(x, y);
        return sums.Loss / sums.Denominator;
    }

    public void Dispose()
    {
        _pass.Dispose();
        _optimizer.Dispose();
        _gradient.Dispose();
        Parameters.Dispose();
    }

    private StepSums Gradient(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        x.CopyTo(new Span<float>(_pass.Inputs, x.Length));
        y.CopyTo(new Span<float>(_pass.Targets, y.Length));
        var segments = ShardTree.Segments(ShardTree.SliceRows(x.Length / _network.InputLength, _shards));
        var sums = default(StepSums);
        _pass.Gradient(Parameters.Pointer, [new SlotWork(segments, _gradient.Pointer, &sums)]);
        return sums;
    }
}
