using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Sums and maps by channel over (rows, channels, positions).</summary>
internal static unsafe class ChannelMath
{
    /// <summary>Σ x of each channel: a row's positions in 32 lanes, rows in double in order.</summary>
    public static void Sum(float* x, int rows, int channels, int positions, Span<double> sums)
    {
        sums.Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var channel = 0; channel < channels; channel++, x += positions)
                sums[channel] += positions == 1 ? *x : Reduction.Sum(x, positions);
        }
    }

    /// <summary>Σ x · y of each channel: a row's positions in 32 lanes, rows in double in order.</summary>
    public static void Dot(float* x, float* y, int rows, int channels, int positions, Span<double> sums)
    {
        sums.Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var channel = 0; channel < channels; channel++, x += positions, y += positions)
                sums[channel] += positions == 1 ? (double)*x * *y : Reduction.Dot(x, y, positions);
        }
    }

    /// <summary>y = x · factor + offset, both (channels); y may be x.</summary>
    public static void Affine(float* x, float* y, int rows, int channels, int positions, float* factor, float* offset)
    {
        for (var row = 0; row < rows; row++, x += channels * positions, y += channels * positions)
        {
            if (positions == 1)
            {
                Elementwise.Map(default(MultiplyAddFormula), x, factor, offset, y, channels);
                continue;
            }

            for (var channel = 0; channel < channels; channel++)
            {
                Elementwise.Map(
                    new AffineFormula(factor[channel], offset[channel]), x + channel * positions, y + channel * positions, positions);
            }
        }
    }

    /// <summary>z = x · factor + y, factor (channels); z may be y.</summary>
    public static void MultiplyAdd(float* x, float* y, float* z, int rows, int channels, int positions, float* factor)
    {
        for (var row = 0; row < rows; row++, x += channels * positions, y += channels * positions, z += channels * positions)
        {
            if (positions == 1)
            {
                Elementwise.Map(default(MultiplyAddFormula), x, factor, y, z, channels);
                continue;
            }

            for (var channel = 0; channel < channels; channel++)
            {
                var at = channel * positions;
                Elementwise.Map(new ScaledFormula(factor[channel]), x + at, y + at, z + at, positions);
            }
        }
    }

    private readonly struct AffineFormula(float factor, float offset) : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(x, TVector.Broadcast(factor), TVector.Broadcast(offset));
    }

    private readonly struct ScaledFormula(float factor) : IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x, TVector y)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(x, TVector.Broadcast(factor), y);
    }

    private readonly struct MultiplyAddFormula : ITernaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x, TVector y, TVector z)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(x, y, z);
    }
}
