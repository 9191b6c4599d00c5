using System.Security.Cryptography;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>
/// A network with odd sizes and a batch cut into shards, and the gradient of that batch computed in several ways that must give
/// the same bits.
/// </summary>
internal sealed unsafe class ShardedGradient
{
    private readonly Network _network;
    private readonly int[] _slices;
    private readonly float[] _parameters;
    private readonly float[] _x;
    private readonly float[] _y;

    public ShardedGradient(Activation activation, LossSpec loss, int rows, int shards)
        : this([new Dense(37) { Activation = activation }, new Dense(19) { Activation = activation }, new Dense(10)], [45], loss, rows, shards)
    {
    }

    public ShardedGradient(IReadOnlyList<LayerSpec> layers, IReadOnlyList<int> inputShape, LossSpec loss, int rows, int shards)
    {
        var classes = loss is CrossEntropy ? 10 : 0;
        _network = Network.Compile(layers, loss, inputShape, classes > 0 ? 1 : 10, classes);
        _slices = ShardTree.SliceRows(rows, shards);
        _parameters = new float[_network.Layout.Length];
        _network.Initialize(_parameters, 4);
        _x = Random(rows * _network.InputLength, 1);
        _y = classes > 0 ? [.. Enumerable.Range(0, rows).Select(row => (float)(row % 10))] : Random(rows * 10, 2);
    }

    /// <summary>All shards as the segments of one slot.</summary>
    public (int[] Gradient, StepSums Sums) InOneSlot()
    {
        var result = Compute([.. Enumerable.Range(0, _slices.Length)], oneSlot: true);
        return (Bits.Of(result[0].Gradient), result[0].Sums);
    }

    /// <summary>One pass with a slot for each shard, folded along the tree.</summary>
    public (int[] Gradient, StepSums Sums) InOnePass() => Fold(Compute([.. Enumerable.Range(0, _slices.Length)], oneSlot: false));

    /// <summary>A pass of its own for each shard, folded along the tree.</summary>
    public (int[] Gradient, StepSums Sums) InPassesOfTheirOwn() =>
        Fold([.. Enumerable.Range(0, _slices.Length).SelectMany(shard => Compute([shard], oneSlot: false))]);

    /// <summary>One pass over the shards in reverse order, so that every row stands elsewhere among other rows.</summary>
    public (int[] Gradient, StepSums Sums) InReverse()
    {
        var shards = Enumerable.Range(0, _slices.Length).Reverse().ToArray();
        return Fold([.. Compute(shards, oneSlot: false).Reverse()]);
    }

    /// <summary>A digest of gradient, loss and one Adam step, for comparing vector widths.</summary>
    public static string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var activation in Enum.GetValues<Activation>())
        {
            foreach (var loss in (LossSpec[])[new CrossEntropy { LabelSmoothing = 0.1 }, new Huber(), new MeanAbsoluteError()])
            {
                var sharded = new ShardedGradient(activation, loss, 29, 8);
                var (gradient, sums) = sharded.InOneSlot();
                hash.AppendData([.. gradient.SelectMany(BitConverter.GetBytes)]);
                hash.AppendData(BitConverter.GetBytes(sums.Loss));
                hash.AppendData([.. sharded.AfterAdam(gradient, sums).SelectMany(BitConverter.GetBytes)]);
            }
        }

        return $"{VectorPath.Current} {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>A digest of gradients and steps of models with every kind of layer, for comparing vector widths.</summary>
    public static string LayerDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (layers, inputShape) in LayerModels.All.Values)
        {
            var sharded = new ShardedGradient(layers, inputShape, new CrossEntropy(), 23, 7);
            var (gradient, sums) = sharded.InOneSlot();
            hash.AppendData([.. gradient.SelectMany(BitConverter.GetBytes)]);
            hash.AppendData([.. sharded.AfterAdam(gradient, sums).SelectMany(BitConverter.GetBytes)]);
        }

        return $"{VectorPath.Current} {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private int[] AfterAdam(int[] gradient, StepSums sums)
    {
        using var optimizer = new RangeOptimizer(
            new AdamW { LearningRate = 0.01 }, new PenaltySpec(1e-3, 1e-2), _network.Layout, 0, gradient.Length);
        var weights = (float[])_parameters.Clone();
        fixed (int* g = gradient)
        {
            fixed (float* w = weights)
            {
                for (var step = 0; step < 3; step++)
                    optimizer.Update(w, w, (float*)g, sums, step);
            }
        }

        return Bits.Of(weights);
    }

    private (float[] Gradient, StepSums Sums)[] Compute(int[] shards, bool oneSlot)
    {
        var rows = shards.Sum(shard => _slices[shard]);
        if (rows == 0)
            return [.. shards.Select(_ => (Array.Empty<float>(), default(StepSums)))];
        var (inputs, targets) = (_network.InputLength, _network.TargetLength);
        using var pass = _network.CreatePass(rows, seed: 8);
        pass.Step = 3;
        var filled = 0;
        foreach (var shard in shards)
        {
            var begin = _slices[..shard].Sum();
            _x.AsSpan(begin * inputs, _slices[shard] * inputs).CopyTo(new Span<float>(pass.Inputs, rows * inputs)[(filled * inputs)..]);
            for (var row = 0; row < _slices[shard]; row++)
                pass.RowIds[filled + row] = (uint)(begin + row);
            _y.AsSpan(begin * targets, _slices[shard] * targets).CopyTo(new Span<float>(pass.Targets, rows * targets)[(filled * targets)..]);
            filled += _slices[shard];
        }

        var present = oneSlot ? [0] : shards.Where(shard => _slices[shard] > 0).ToArray();
        using var gradients = new FloatBuffer(present.Length * _network.Layout.Length);
        var sums = stackalloc StepSums[present.Length];
        var slots = present.Select((shard, i) => new SlotWork(
            oneSlot ? ShardTree.Segments(_slices) : new[] { new Segment(_slices[shard], 0) },
            gradients.Pointer + (long)i * _network.Layout.Length,
            sums + i));
        fixed (float* w = _parameters)
            pass.Gradient(w, [.. slots]);

        var results = new (float[], StepSums)[shards.Length];
        for (var i = 0; i < present.Length; i++)
        {
            var place = oneSlot ? 0 : Array.IndexOf(shards, present[i]);
            results[place] = (gradients.Span.Slice(i * _network.Layout.Length, _network.Layout.Length).ToArray(), sums[i]);
        }

        return results;
    }

    private (int[] Gradient, StepSums Sums) Fold((float[] Gradient, StepSums Sums)[] leaves)
    {
        var (gradient, sums) = ShardTree.Fold(
            _slices,
            leaf => leaves[leaf],
            Add);
        return (Bits.Of(gradient), sums);
    }

    private (float[] Gradient, StepSums Sums) Add((float[] Gradient, StepSums Sums) left, (float[] Gradient, StepSums Sums) right)
    {
        float[] sum = [.. left.Gradient];
        fixed (float* l = sum, r = right.Gradient)
            _network.Layout.AddGradients(0, sum.Length, l, left.Sums.Samples, r, right.Sums.Samples);
        return (sum, left.Sums + right.Sums);
    }

    private static float[] Random(int length, uint stream)
    {
        var values = new float[length];
        fixed (float* pointer = values)
            new Philox(9, RandomPurpose.BenchmarkData).FillNormal(pointer, length, stream, 0, 0);
        return values;
    }
}
