using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>What is made of the four words of a vector of blocks: a formula from four vectors to four vectors, in place.</summary>
internal interface IPhiloxForm
{
    void Apply<TVector>(ref TVector word0, ref TVector word1, ref TVector word2, ref TVector word3)
        where TVector : struct, IVector<TVector>;
}

/// <summary>The words themselves.</summary>
internal readonly struct WordForm : IPhiloxForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVector>(ref TVector word0, ref TVector word1, ref TVector word2, ref TVector word3)
        where TVector : struct, IVector<TVector>
    {
    }
}

/// <summary>Each word as a number in [0, 1).</summary>
internal readonly struct UniformForm : IPhiloxForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVector>(ref TVector word0, ref TVector word1, ref TVector word2, ref TVector word3)
        where TVector : struct, IVector<TVector>
    {
        word0 = Uniform(word0);
        word1 = Uniform(word1);
        word2 = Uniform(word2);
        word3 = Uniform(word3);
    }

    /// <summary>(word » 8)·2⁻²⁴: 24 bits, so the conversion and the product are exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Uniform<TVector>(TVector word)
        where TVector : struct, IVector<TVector>
        => TVector.ConvertBitsToFloat(TVector.ShiftRightLogicalBits(word, 8)) * TVector.Broadcast(1f / (1 << 24));
}

/// <summary>Each pair of words as a pair of independent normal numbers.</summary>
internal readonly struct NormalForm : IPhiloxForm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TVector>(ref TVector word0, ref TVector word1, ref TVector word2, ref TVector word3)
        where TVector : struct, IVector<TVector>
    {
        BoxMuller(ref word0, ref word1);
        BoxMuller(ref word2, ref word3);
    }

    // Not inlined: logarithm and sine twice in one loop would leave no registers for the rounds.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void BoxMuller<TVector>(ref TVector first, ref TVector second)
        where TVector : struct, IVector<TVector>
    {
        // 1 − u lies in (0, 1], where the logarithm is finite.
        var radius = TVector.Sqrt(TVector.Broadcast(-2f) * VectorMath.Log(TVector.Broadcast(1f) - UniformForm.Uniform(first)));
        var angle = UniformForm.Uniform(second) * TVector.Broadcast(6.28318548f);
        first = radius * VectorMath.Cos(angle);
        second = radius * VectorMath.Sin(angle);
    }
}
