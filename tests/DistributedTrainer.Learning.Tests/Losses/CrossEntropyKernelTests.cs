using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>The fused kernels, a row after the other and a row a lane, against their definition, step by step: the same bits at every width and number of classes.</summary>
public sealed unsafe class CrossEntropyKernelTests
{
    private const int Rows = 21; // more than the widest vector has lanes

    public static TheoryData<int, float> Cases
    {
        get
        {
            var cases = new TheoryData<int, float>();
            foreach (var classes in (int[])[1, 2, 3, 8, 10, 16, 17, 31, 32, 33, 70])
            {
                cases.Add(classes, 0);
                cases.Add(classes, 0.1f);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EqualsItsDefinition(int classes, float smoothing)
    {
        var (onClass, everywhere) = (1 - smoothing, smoothing / classes);
        using FloatBuffer logits = new(Rows * classes), targets = new(Rows), losses = new(Rows), gradient = new(Rows * classes);
        new Philox(5, RandomPurpose.BenchmarkData).FillNormal(logits.Pointer, logits.Length, 1, 0, 0);
        for (var i = 0; i < logits.Length; i++)
            logits.Span[i] *= i / classes == 1 ? 300 : 3;
        for (var row = 0; row < Rows; row++)
            targets.Span[row] = row * 7 % classes;
        var (expectedLosses, expectedGradient) = Definition(classes, onClass, everywhere, logits, targets);

        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            gradient.Span.Fill(float.NaN);
            var kernel = new CrossEntropyKernel
            {
                Rows = Rows,
                Positions = 1,
                Classes = classes,
                Logits = logits.Pointer,
                Targets = targets.Pointer,
                Losses = losses.Pointer,
                Gradient = gradient.Pointer,
                OnClass = onClass,
                Everywhere = everywhere,
            };
            VectorPath.Run(ref kernel, width);
            Assert.Equal(Bits.Of(expectedLosses), Bits.Of(losses.Span));
            Assert.Equal(Bits.Of(expectedGradient), Bits.Of(gradient.Span));
            if (classes > CrossEntropyRowsKernel.MaxClasses)
                continue;

            gradient.Span.Fill(float.NaN);
            losses.Span.Fill(float.NaN);
            var byRows = new CrossEntropyRowsKernel { Of = kernel };
            VectorPath.Run(ref byRows, width);
            Assert.Equal(Bits.Of(expectedLosses), Bits.Of(losses.Span));
            Assert.Equal(Bits.Of(expectedGradient), Bits.Of(gradient.Span));
        }
    }

    private static (float[] Losses, float[] Gradient) Definition(
        int classes, float onClass, float everywhere, FloatBuffer logits, FloatBuffer targets)
    {
        var (losses, gradient) = (new float[Rows], new float[Rows * classes]);
        for (var row = 0; row < Rows; row++)
        {
            var actual = (int)targets.Span[row];
            var x = logits.Pointer + row * classes;
            var max = Reduction.Max(x, classes);
            var (shifted, exponentials) = (new float[classes], new float[classes]);
            for (var i = 0; i < classes; i++)
            {
                shifted[i] = x[i] - max;
                exponentials[i] = VectorMath.Exp(shifted[i]);
            }

            var sum = Sum(exponentials);
            var logSum = VectorMath.Log(sum);
            losses[row] = onClass * (logSum - shifted[actual]) + everywhere * (classes * logSum - (everywhere == 0 ? 0 : Sum(shifted)));
            for (var i = 0; i < classes; i++)
                gradient[row * classes + i] = exponentials[i] * (1 / sum) - everywhere;
            gradient[row * classes + actual] -= onClass;
        }

        return (losses, gradient);
    }

    private static float Sum(float[] values)
    {
        fixed (float* pointer = values)
            return Reduction.Sum(pointer, values.Length);
    }
}
