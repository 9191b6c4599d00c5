using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// y = γ·x̂ + β with x̂ = (x − mean) / √(variance + ε) over the features of each position (Ba et al. 2016). Sums have 32 lanes; the
/// variance is the mean squared distance from the mean.
/// </summary>
internal unsafe struct LayerNormForward : IVectorKernel
{
    public int Positions;
    public int Features;
    public float Epsilon;

    /// <summary>(positions, features).</summary>
    public float* Input;

    /// <summary>(features) each; β may be null.</summary>
    public float* Scale;
    public float* Shift;

    /// <summary>Receives (positions, features) each.</summary>
    public float* Normalized;
    public float* Output;

    /// <summary>Receives (positions): 1 / √(variance + ε).</summary>
    public float* Reciprocals;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        float* x = Input, normalized = Normalized, y = Output;
        for (var position = 0; position < Positions; position++, x += Features, normalized += Features, y += Features)
        {
            var mean = FeatureSum.Of<TVector>(x, Features) / Features;
            var variance = FeatureSum.OfSquares<TVector>(x, mean, Features) / Features;
            Reciprocals[position] = 1 / MathF.Sqrt(variance + Epsilon);
            FeatureLoop.Run<TVector, Normalize>(new Normalize(x, mean, Reciprocals[position], Scale, Shift, normalized, y), Features);
        }
    }

    private readonly struct Normalize(float* x, float mean, float reciprocal, float* scale, float* shift, float* normalized, float* y) : IFeatureWork
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TVector>(int i)
            where TVector : struct, IVector<TVector>
        {
            var value = (TVector.Load(x + i) - TVector.Broadcast(mean)) * TVector.Broadcast(reciprocal);
            TVector.Store(value, normalized + i);
            var scaled = TVector.Load(scale + i) * value;
            TVector.Store(shift is null ? scaled : scaled + TVector.Load(shift + i), y + i);
        }
    }
}

/// <summary>
/// Gradient by x: (γg − mean(γg) − x̂·mean(γg·x̂)) / √(variance + ε), g being the gradient by y. Those by γ and β are sums over
/// positions: <see cref="ColumnSums"/>.
/// </summary>
internal unsafe struct LayerNormBackward : IVectorKernel
{
    public int Positions;
    public int Features;

    /// <summary>(positions, features) each.</summary>
    public float* Normalized;
    public float* OutputGradient;

    /// <summary>(features).</summary>
    public float* Scale;

    /// <summary>(positions).</summary>
    public float* Reciprocals;

    /// <summary>Receives (positions, features); may be <see cref="OutputGradient"/>.</summary>
    public float* InputGradient;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        float* normalized = Normalized, gradient = OutputGradient, result = InputGradient;
        for (var position = 0; position < Positions; position++)
        {
            FeatureLoop.Run<TVector, Product>(new Product(gradient, Scale, result), Features);
            var mean = FeatureSum.Of<TVector>(result, Features) / Features;
            var slope = FeatureSum.OfProducts<TVector>(result, normalized, Features) / Features;
            FeatureLoop.Run<TVector, Centre>(new Centre(normalized, mean, slope, Reciprocals[position], result), Features);
            normalized += Features;
            gradient += Features;
            result += Features;
        }
    }

    private readonly struct Product(float* gradient, float* scale, float* result) : IFeatureWork
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TVector>(int i)
            where TVector : struct, IVector<TVector>
            => TVector.Store(TVector.Load(gradient + i) * TVector.Load(scale + i), result + i);
    }

    private readonly struct Centre(float* normalized, float mean, float slope, float reciprocal, float* result) : IFeatureWork
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TVector>(int i)
            where TVector : struct, IVector<TVector>
        {
            var centred = TVector.Load(result + i) - TVector.Broadcast(mean);
            var sloped = TVector.FusedMultiplyAdd(TVector.Negate(TVector.Broadcast(slope)), TVector.Load(normalized + i), centred);
            TVector.Store(sloped * TVector.Broadcast(reciprocal), result + i);
        }
    }
}
