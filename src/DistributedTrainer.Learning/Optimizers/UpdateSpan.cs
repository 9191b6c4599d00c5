using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>A run of elements that are updated alike: all weights, or all biases.</summary>
internal unsafe struct UpdateSpan
{
    /// <summary>Version t; stays as it is.</summary>
    public float* Current;

    /// <summary>Receives version t + 1.</summary>
    public float* Next;

    /// <summary>The batch's gradient sum.</summary>
    public float* GradientSum;

    /// <summary>First moment; null where the rule has none.</summary>
    public float* First;

    /// <summary>Second moment; null where the rule has none.</summary>
    public float* Second;

    /// <summary>Number of elements.</summary>
    public int Length;

    /// <summary>The float32 reciprocal of the loss's denominator.</summary>
    public float Scale;

    /// <summary>L1 and L2 of these elements.</summary>
    public PenaltySpec Penalty;

    /// <summary>Whether AdamW's decay takes these elements.</summary>
    public bool Decays;

    /// <summary>What bounds the gradient.</summary>
    public Clipping Clipping;

    /// <summary>The factor or the limit.</summary>
    public float Clip;

    /// <summary>Mean, penalty, clipping and rule in one pass over memory.</summary>
    public readonly void Run<TRule>(TRule rule)
        where TRule : struct, IUpdateRule
    {
        if (Penalty.IsNone)
            RunClipped<TRule, MeanForm>(rule);
        else if (Penalty.L1 == 0)
            RunClipped<TRule, RidgeForm>(rule);
        else
            RunClipped<TRule, ElasticForm>(rule);
    }

    private readonly void RunClipped<TRule, TGradient>(TRule rule)
        where TRule : struct, IUpdateRule
        where TGradient : struct, IGradientForm
    {
        if (Clipping == Clipping.None)
            Run<TRule, TGradient>(rule);
        else if (Clipping == Clipping.ByFactor)
            Run<TRule, ScaledForm<TGradient>>(rule);
        else
            Run<TRule, ClampedForm<TGradient>>(rule);
    }

    private readonly void Run<TRule, TGradient>(TRule rule)
        where TRule : struct, IUpdateRule
        where TGradient : struct, IGradientForm
    {
        var kernel = new Kernel<TRule, TGradient>(this, rule);
        VectorPath.Run(ref kernel);
    }

    private readonly struct Kernel<TRule, TGradient>(UpdateSpan span, TRule rule) : IVectorKernel
        where TRule : struct, IUpdateRule
        where TGradient : struct, IGradientForm
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            var vectors = span.Length - span.Length % TVector.Count;
            rule.Run(new UpdateLoop<TVector, TGradient>(span, 0, vectors));
            rule.Run(new UpdateLoop<Lanes1, TGradient>(span, vectors, span.Length));
        }
    }
}

/// <summary>How a span's gradient is bounded.</summary>
internal enum Clipping
{
    None,

    /// <summary>All elements times one factor.</summary>
    ByFactor,

    /// <summary>Each element within ± a limit.</summary>
    ByValue,
}
