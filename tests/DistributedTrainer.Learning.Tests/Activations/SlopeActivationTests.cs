using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class SlopeActivationTests
{
    [Theory]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Silu)]
    public void A_derivative_kept_from_the_forward_pass_gives_the_bits_of_one_computed_in_the_backward_pass(Activation activation)
    {
        const int Rows = 3, Columns = 67; // whole vectors of every width, and a rest
        var function = ActivationFunction.For(activation);
        Assert.True(function.GivesSlope);
        using FloatBuffer sum = new(Rows * Columns), slope = new(Rows * Columns), output = new(Rows * Columns), expected = new(Rows * Columns);
        using FloatBuffer gradient = new(Rows * Columns), expectedGradient = new(Rows * Columns);
        for (var i = 0; i < Rows * Columns; i++)
        {
            sum.Pointer[i] = slope.Pointer[i] = (i - 100) * 0.07f;
            gradient.Pointer[i] = expectedGradient.Pointer[i] = MathF.Sin(i);
        }

        function.Forward(sum.Pointer, expected.Pointer, Rows, Columns);
        function.Backward(sum.Pointer, expectedGradient.Pointer, Rows, Columns);
        function.ForwardToSlope(slope.Pointer, output.Pointer, Rows, Columns);
        function.BackwardFromSlope(slope.Pointer, gradient.Pointer, Rows, Columns);

        Assert.Equal(expected.Bytes.ToArray(), output.Bytes.ToArray());
        Assert.Equal(expectedGradient.Bytes.ToArray(), gradient.Bytes.ToArray());
    }
}
