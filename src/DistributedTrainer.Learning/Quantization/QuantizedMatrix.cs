using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistributedTrainer.Learning;

/// <summary>
/// A weight (outputs, inputs) in int8, each output with a scale of its own: w ≈ q·scale, q = w·127 / max |w| rounded to the nearest, ties to
/// even. What it is multiplied with is rounded in the same way, row by row, and the product is summed in whole numbers: exact, in any order,
/// on any processor. One float32 product and one conversion make the result.
/// </summary>
public sealed unsafe class QuantizedMatrix
{
    /// <summary>The most inputs whose products, 127² each, a sum of 32 bits holds.</summary>
    public const int InputsMax = int.MaxValue / (Largest * Largest);

    private const int Largest = 127;

    /// <summary>Added and taken away, it leaves a value below 2²² rounded to a whole number, ties to even.</summary>
    private const float RoundingAid = 12_582_912f;

    private readonly sbyte[] _weights;
    private readonly float[] _scales;

    /// <param name="weights">(outputs, inputs), finite.</param>
    /// <exception cref="ModelException">More inputs than <see cref="InputsMax"/>.</exception>
    public QuantizedMatrix(ReadOnlySpan<float> weights, int outputs, int inputs)
    {
        if (inputs > InputsMax)
            throw new ModelException($"An output that sums {inputs:N0} products does not fit int8: its sum of 32 bits holds {InputsMax:N0}.");
        (Outputs, Inputs) = (outputs, inputs);
        (_weights, _scales) = (new sbyte[outputs * inputs], new float[outputs]);
        var row = new short[inputs];
        for (var output = 0; output < outputs; output++)
        {
            _scales[output] = Quantize(weights.Slice(output * inputs, inputs), row);
            for (var input = 0; input < inputs; input++)
                _weights[output * inputs + input] = (sbyte)row[input];
        }
    }

    public int Outputs { get; }

    public int Inputs { get; }

    /// <summary>
    /// Rounds values to −127 … 127 and returns the scale, max |x| / 127: x ≈ q·scale. All zeros have scale 0; where one is not finite, the scale is
    /// NaN.
    /// </summary>
    public static float Quantize(ReadOnlySpan<float> values, Span<short> quantized)
    {
        var largest = 0f;
        var isFinite = true;
        foreach (var value in values)
        {
            var magnitude = MathF.Abs(value);
            isFinite &= magnitude <= float.MaxValue;
            largest = magnitude > largest ? magnitude : largest;
        }

        // Values so small that their unit vanishes are nothing.
        if (!isFinite || largest / Largest == 0)
        {
            quantized[..values.Length].Clear();
            return isFinite ? 0 : float.NaN;
        }

        var unit = largest / Largest;
        for (var i = 0; i < values.Length; i++)
        {
            // A unit that is subnormal may be too small by half; no value may leave the range.
            var whole = Math.Clamp(values[i] / unit, -Largest, Largest) + RoundingAid - RoundingAid;
            quantized[i] = (short)whole;
        }

        return unit;
    }

    /// <summary>y[output·stride] = Σ over inputs of x·w, from a row that is quantized already.</summary>
    public void Multiply(ReadOnlySpan<short> row, float scale, float* y, int stride)
    {
        for (var output = 0; output < Outputs; output++)
            y[(long)output * stride] = Sum(row, _weights.AsSpan(output * Inputs, Inputs)) * (scale * _scales[output]);
    }

    private static int Sum(ReadOnlySpan<short> row, ReadOnlySpan<sbyte> weights)
    {
        var sum = 0;
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var lanes = Vector<int>.Zero;
            for (; i <= weights.Length - Vector<sbyte>.Count; i += Vector<sbyte>.Count)
            {
                Vector.Widen(Unsafe.ReadUnaligned<Vector<sbyte>>(ref Unsafe.As<sbyte, byte>(ref Unsafe.AsRef(in weights[i]))), out var low, out var high);
                lanes += Products(low, row[i..]) + Products(high, row[(i + Vector<short>.Count)..]);
            }

            sum = Vector.Sum(lanes);
        }

        for (; i < weights.Length; i++)
            sum += row[i] * weights[i];
        return sum;
    }

    /// <summary>127² fits 16 bits, so the products are exact; they are added in 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Products(Vector<short> weights, ReadOnlySpan<short> row)
    {
        Vector.Widen(weights * new Vector<short>(row), out var low, out var high);
        return low + high;
    }
}
