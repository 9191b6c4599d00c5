using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistributedTrainer.Numerics;

/// <summary>What the sixteen lanes of a <see cref="TapGrid"/>'s chain are.</summary>
internal unsafe interface ITapLanes
{
    /// <summary>Filters of a chain, and floats of the packed gradient a pixel.</summary>
    static abstract int Filters { get; }

    /// <summary>Neighbouring taps of a chain.</summary>
    static abstract int Taps { get; }

    static abstract Vector512<float> Gradient(float* source);

    static abstract Vector512<float> Tap(float* source);
}

/// <summary>Sixteen filters of one tap.</summary>
internal readonly unsafe struct SixteenFilters : ITapLanes
{
    public static int Filters => 16;

    public static int Taps => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tap(float* source) => Vector512.Create(*source);
}

/// <summary>Eight filters of two taps side by side: (filter, tap), so that one load of 64 bits brings both taps to all filters.</summary>
internal readonly unsafe struct EightFilters : ITapLanes
{
    public static int Filters => 8;

    public static int Taps => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gradient(float* source) => Vector512.Shuffle(
        Vector256.Load(source).ToVector512Unsafe(), Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tap(float* source) => Vector512.Create(*(ulong*)source).AsSingle();
}

/// <summary>Whether a tile has the bias's chain, as a type, so that the others don't compute it.</summary>
internal interface IBiasTap
{
    static abstract bool IsPresent { get; }
}

internal readonly struct WithBias : IBiasTap
{
    public static bool IsPresent => true;
}

internal readonly struct WithoutBias : IBiasTap
{
    public static bool IsPresent => false;
}
