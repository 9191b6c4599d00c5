using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed class SequenceGradientTests
{
    public static TheoryData<string> Names => SequenceCases.Names;

    /// <summary>
    /// Along random directions of parameters and inputs, the central difference of Σ upstream·output is what the gradients say. Outputs are
    /// float32, so a difference over 1/64 holds about four digits.
    /// </summary>
    [Theory, MemberData(nameof(Names))]
    public void GradientsAreTheSlope(string name)
    {
        const float Distance = 1f / 64;
        using var alone = SequenceCases.Create(name);
        var (parameters, input) = ((float[])alone.Parameters.Clone(), SequenceCases.Input(name));
        var upstream = new float[alone.Forward(input).Length];
        SequenceCases.Fill(upstream, 3, 1);
        var (inputGradient, gradient) = alone.Backward(upstream, ShardTree.Segments(ShardTree.SliceRows(SequenceCases.Rows, 3)));
        var tokens = alone.Layers[0] is EmbeddingLayer;
        for (var direction = 0u; direction < 8; direction++)
        {
            var (byParameters, byInput) = (new float[parameters.Length], new float[input.Length]);
            SequenceCases.Fill(byParameters, 10 + direction, 1);
            if (!tokens)
                SequenceCases.Fill(byInput, 30 + direction, 1);
            Normalize(byParameters, byInput);
            var expected = Dot(gradient, byParameters) + (tokens ? 0 : Dot(inputGradient, byInput));
            var scale = Math.Sqrt(Dot(gradient, gradient) + (tokens ? 0 : Dot(inputGradient, inputGradient)));
            var slope = (ValueAt(Distance) - ValueAt(-Distance)) / (2 * Distance);
            Assert.True(
                Math.Abs(slope - expected) <= 2e-3 * scale,
                $"{name}, direction {direction}: slope {slope:G6}, the gradient says {expected:G6}; its length is {scale:G6}.");

            double ValueAt(float distance)
            {
                for (var i = 0; i < parameters.Length; i++)
                    alone.Parameters[i] = parameters[i] + distance * byParameters[i];
                return Dot(alone.Forward([.. input.Select((value, i) => value + distance * byInput[i])]), upstream);
            }
        }
    }

    /// <summary>Shards in one pass, in passes of their own, and beside other rows: the same bits.</summary>
    [Theory, MemberData(nameof(Names))]
    public void ShardsGiveTheSameBitsTogetherAndApart(string name)
    {
        var slices = ShardTree.SliceRows(SequenceCases.Rows, 3);
        using var together = SequenceCases.Create(name);
        var input = SequenceCases.Input(name);
        var output = together.Forward(input);
        var upstream = new float[output.Length];
        SequenceCases.Fill(upstream, 3, 1);
        var (inputGradient, gradient) = together.Backward(upstream, ShardTree.Segments(slices));

        var apart = new (float[] Output, float[] Input, float[] Gradient)[slices.Length];
        for (var shard = 0; shard < slices.Length; shard++)
        {
            using var alone = SequenceCases.Create(name, slices[shard]);
            var ownOutput = alone.Forward(Rows(input, slices, shard));
            var (ownInput, own) = alone.Backward(Rows(upstream, slices, shard), [new Segment(slices[shard], 0)]);
            apart[shard] = (ownOutput, ownInput, own);
        }

        Assert.Equal(Bits.Of(output), Bits.Of(apart.SelectMany(shard => shard.Output).ToArray()));
        Assert.Equal(Bits.Of(inputGradient), Bits.Of(apart.SelectMany(shard => shard.Input).ToArray()));
        var sum = ShardTree.Fold(slices, shard => apart[shard].Gradient, (left, right) => [.. left.Zip(right, (a, b) => a + b)]);
        Assert.Equal(Bits.Of(gradient), Bits.Of(sum));
    }

    [Fact]
    public void MaskedKeysAreNotTouched()
    {
        using var alone = SequenceCases.Create("causal attention, several blocks of keys");
        var input = SequenceCases.Input("causal attention, several blocks of keys");
        var output = alone.Forward(input);
        const int Seen = 70;
        var (time, row) = (135, 135 * SequenceCases.Width);
        for (var i = Seen * SequenceCases.Width; i < row; i++)
            input[i] = float.NaN;
        var poisoned = alone.Forward(input);

        Assert.Equal(Bits.Of(output.AsSpan(0, Seen * SequenceCases.Width)), Bits.Of(poisoned.AsSpan(0, Seen * SequenceCases.Width)));
        Assert.True(float.IsNaN(poisoned[(time - 1) * SequenceCases.Width]));
        Assert.Equal(Bits.Of(output.AsSpan(row)), Bits.Of(poisoned.AsSpan(row)));
    }

    private static ReadOnlySpan<float> Rows(float[] values, int[] slices, int shard)
    {
        var length = values.Length / slices.Sum();
        return values.AsSpan(slices[..shard].Sum() * length, slices[shard] * length);
    }

    private static void Normalize(float[] first, float[] second)
    {
        var length = (float)Math.Sqrt(Dot(first, first) + Dot(second, second));
        for (var i = 0; i < first.Length; i++)
            first[i] /= length;
        for (var i = 0; i < second.Length; i++)
            second[i] /= length;
    }

    private static double Dot(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();
}
