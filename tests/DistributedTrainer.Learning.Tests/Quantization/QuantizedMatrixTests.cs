namespace DistributedTrainer.Learning.Tests;

public unsafe class QuantizedMatrixTests
{
    [Fact]
    public void Values_are_rounded_to_parts_of_the_largest()
    {
        var quantized = new short[6];
        Assert.Equal(2f, QuantizedMatrix.Quantize([254, -254, 2, 1, 3, -0.9f], quantized));
        Assert.Equal([127, -127, 1, 0, 2, 0], quantized.Select(value => (int)value)); // halves go to the even one
        Assert.Equal(0f, QuantizedMatrix.Quantize([0, 0], quantized));
        Assert.Equal([0, 0], quantized[..2].Select(value => (int)value));
        Assert.True(float.IsNaN(QuantizedMatrix.Quantize([1, float.PositiveInfinity], quantized)));
        Assert.True(float.IsNaN(QuantizedMatrix.Quantize([1, float.NaN], quantized)));
    }

    [Theory]
    [InlineData(float.MaxValue)]
    [InlineData(1e-37f)]
    [InlineData(1e-43f)]
    [InlineData(float.Epsilon)]
    public void The_largest_never_leaves_the_range(float largest)
    {
        var quantized = new short[2];
        var scale = QuantizedMatrix.Quantize([largest, -largest], quantized);
        Assert.True(float.IsFinite(scale));
        Assert.All(quantized, value => Assert.InRange(value, (short)-127, (short)127));
    }

    [Fact]
    public void A_product_is_the_exact_sum_of_whole_numbers_times_both_scales()
    {
        foreach (var inputs in (int[])[1, 15, 32, 33, 100, 784])
        {
            const int outputs = 3;
            float[] weights = [.. Enumerable.Range(0, outputs * inputs).Select(i => (i * 37 % 101 - 50) * 0.01f * (1 + i / inputs))];
            float[] row = [.. Enumerable.Range(0, inputs).Select(i => (i * 53 % 97 - 48) * 0.3f)];
            var matrix = new QuantizedMatrix(weights, outputs, inputs);
            var quantized = new short[inputs];
            var scale = QuantizedMatrix.Quantize(row, quantized);
            var y = new float[2 * outputs];
            fixed (float* to = y)
                matrix.Multiply(quantized, scale, to, stride: 2);
            for (var output = 0; output < outputs; output++)
            {
                var own = new short[inputs];
                var ownScale = QuantizedMatrix.Quantize(weights.AsSpan(output * inputs, inputs), own);
                var sum = own.Zip(quantized, (weight, value) => (long)weight * value).Sum();
                Assert.Equal((int)sum * (scale * ownScale), y[2 * output]);
                var exact = Enumerable.Range(0, inputs).Sum(i => (double)weights[output * inputs + i] * row[i]);
                Assert.InRange(y[2 * output] - exact, -inputs * scale * ownScale * 128, inputs * scale * ownScale * 128);
            }
        }
    }

    [Fact]
    public void The_extremes_of_the_longest_sums_fit()
    {
        float[] ones = [.. Enumerable.Repeat(1f, 4000)];
        var matrix = new QuantizedMatrix(ones, 1, 4000);
        var quantized = new short[4000];
        QuantizedMatrix.Quantize([.. Enumerable.Repeat(-1f, 4000)], quantized);
        float y;
        matrix.Multiply(quantized, 1, &y, 1);
        Assert.Equal(-4000 * 127 * 127 * (1 / 127f), y);
        Assert.Contains("133,144", Assert.Throws<ModelException>(() => new QuantizedMatrix(new float[133_145], 1, 133_145)).Message);
    }

    /// <summary>Weights and inputs that are whole numbers, the largest 127, lose nothing: then int8 is what float32 is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_layer_of_whole_numbers_is_the_same_in_int8(bool isConvolution)
    {
        LayerSpec layer = isConvolution ? new Conv2d(3, 3) { Padding = 1, Stride = 2, Activation = Activation.Relu } : new Dense(27) { Activation = Activation.Gelu };
        var network = Network.Compile([layer, new Flatten()], new MeanSquaredError(), [2, 5, 6], 27, 0);
        using var parameters = new Numerics.FloatBuffer(network.Layout.Length);
        for (var i = 0; i < parameters.Length; i++)
            parameters.Span[i] = i * 29 % 7 - 3;
        var weight = network.Layout.Parameters[0];
        for (var output = 0; output < weight.Shape[0]; output++)
            parameters.Span[output * (weight.Length / weight.Shape[0])] = 127;
        var quantized = QuantizedWeights.Of(network, parameters.Span);
        Assert.Equal(weight.Length, quantized.Weights);
        using var plain = network.CreatePass(2);
        using var whole = network.CreatePass(2, quantized);
        for (var i = 0; i < 2 * network.InputLength; i++)
            plain.Inputs[i] = whole.Inputs[i] = i % network.InputLength == 7 ? 127 : i * 17 % 5 - 2;
        Assert.Equal(Outputs(plain), Outputs(whole));

        float[] Outputs(NetworkPass pass) => new ReadOnlySpan<float>(pass.Predict(parameters.Pointer, 2), 2 * 27).ToArray();
    }
}
