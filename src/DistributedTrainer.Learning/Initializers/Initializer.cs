using System.Text;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Draws initial weights: Glorot keeps the variance of activations and gradients alike (Glorot and Bengio 2010), He that of
/// activations behind a rectifier (He et al. 2015).
/// </summary>
internal static class Initializer
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
            case InitializerKind.Zeros: weights.Clear(); break;
            case InitializerKind.Constant: weights.Fill((float)spec.Value); break;
            default: throw new ModelException($"Initializer {spec.Kind} is unknown.");
        }
    }

    private static void Uniform(Span<float> weights, double limit, ulong seed, string name)
        => Philox.FillUniform(weights, seed, RandomPurpose.Initialization, Key(name), (float)-limit, (float)limit);

    private static void Normal(Span<float> weights, double deviation, ulong seed, string name)
        => Philox.FillNormal(weights, seed, RandomPurpose.Initialization, Key(name), (float)deviation);

    /// <summary>FNV-1a, 64 bits, of the name in UTF-8.</summary>
    private static ulong Key(string name)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ letter) * 0x100000001b3;
        return hash;
    }
}
