using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Draws initial weights: Glorot keeps the variance of activations and gradients alike (Glorot and Bengio 2010), He that of
/// activations behind a rectifier (He et al. 2015).
/// </summary>
internal static unsafe class Initializer
{
    /// <param name="weights">Receives the values.</param>
    /// <param name="fanIn">Inputs that one output sums.</param>
    /// <param name="fanOut">Outputs that one input feeds.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="name">The parameter's name: with the seed, the whole key, so that no layer changes another's numbers.</param>
    public static void Fill(Span<float> weights, InitializerSpec spec, int fanIn, int fanOut, ulong seed, string name)
    {
        switch (spec.Kind)
        {
            case InitializerKind.GlorotUniform: Uniform(weights, Math.Sqrt(6.0 / ((double)fanIn + fanOut)), seed, name); break;
            case InitializerKind.GlorotNormal: Normal(weights, Math.Sqrt(2.0 / ((double)fanIn + fanOut)), seed, name); break;
            case InitializerKind.HeUniform: Uniform(weights, Math.Sqrt(6.0 / fanIn), seed, name); break;
            case InitializerKind.HeNormal: Normal(weights, Math.Sqrt(2.0 / fanIn), seed, name); break;
            case InitializerKind.Normal: Normal(weights, spec.Value, seed, name); break;
            case InitializerKind.Zeros: weights.Clear(); break;
            case InitializerKind.Constant: weights.Fill((float)spec.Value); break;
            default: throw new ModelException($"Initializer {spec.Kind} is unknown.");
        }
    }

    /// <summary>Uniform in [−limit, limit).</summary>
    private static void Uniform(Span<float> weights, double limit, ulong seed, string name)
    {
        fixed (float* w = weights)
        {
            Source(seed).FillUniform(w, weights.Length, Philox.StreamOf(name), 0, 0);
            Elementwise.Map(new Affine((float)(2 * limit), (float)-limit), w, w, weights.Length);
        }
    }

    private static void Normal(Span<float> weights, double deviation, ulong seed, string name)
    {
        fixed (float* w = weights)
        {
            Source(seed).FillNormal(w, weights.Length, Philox.StreamOf(name), 0, 0);
            Elementwise.Map(new Affine((float)deviation, 0), w, w, weights.Length);
        }
    }

    private static Philox Source(ulong seed) => new(seed, RandomPurpose.Initialization);

    /// <summary>factor·x + offset, rounded once.</summary>
    private readonly struct Affine(float factor, float offset) : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x)
            where TVector : struct, IVector<TVector>
            => TVector.FusedMultiplyAdd(TVector.Broadcast(factor), x, TVector.Broadcast(offset));
    }
}
