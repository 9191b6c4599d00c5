using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistributedTrainer.Numerics;

/// <summary>The widths of vector code that exist. All give the same bits; only speed differs.</summary>
public enum VectorWidth
{
    Scalar = 32,
    Bits128 = 128,
    Bits256 = 256,
    Bits512 = 512,
}

/// <summary>A kernel with its arguments as fields, written once for every vector width.</summary>
public interface IVectorKernel
{
    void Run<TVector>()
        where TVector : struct, IVector<TVector>;
}

/// <summary>
/// The one place that chooses the width of vector code. The choice is made once a process, from what the processor has;
/// the environment variable <c>DTRAIN_VECTORS</c> (<c>scalar</c>, <c>128</c>, <c>256</c>, <c>512</c>) forces another.
/// </summary>
public static class VectorPath
{
    public const string EnvironmentVariable = "DTRAIN_VECTORS";

    private static VectorWidth _current;

    /// <summary>The width that this process uses.</summary>
    /// <exception cref="ArgumentException">The environment variable names none of the four.</exception>
    public static VectorWidth Current
    {
        get
        {
            // Not a static initializer: that would bury a wrong value's message in a TypeInitializationException.
            if (_current == 0)
                _current = Choose(Environment.GetEnvironmentVariable(EnvironmentVariable));
            return _current;
        }
    }

    /// <summary>Runs a kernel at the process's width.</summary>
    public static void Run<TKernel>(ref TKernel kernel)
        where TKernel : struct, IVectorKernel
        => Run(ref kernel, Current);

    /// <summary>Runs a kernel at a given width: for tests that compare the paths.</summary>
    public static void Run<TKernel>(ref TKernel kernel, VectorWidth width)
        where TKernel : struct, IVectorKernel
    {
        switch (width)
        {
            case VectorWidth.Bits512: kernel.Run<Lanes16>(); break;
            case VectorWidth.Bits256: kernel.Run<Lanes8>(); break;
            case VectorWidth.Bits128: kernel.Run<Lanes4>(); break;
            case VectorWidth.Scalar: kernel.Run<Lanes1>(); break;
            default: throw new ArgumentOutOfRangeException(nameof(width), width, "The widths are 32 (scalar), 128, 256 and 512 bits.");
        }
    }

    /// <exception cref="ArgumentException">The forced width is none of the four.</exception>
    internal static VectorWidth Choose(string? forced) => forced?.Trim().ToLowerInvariant() switch
    {
        null or "" => Widest(),
        "scalar" => VectorWidth.Scalar,
        "128" => VectorWidth.Bits128,
        "256" => VectorWidth.Bits256,
        "512" => VectorWidth.Bits512,
        _ => throw new ArgumentException($"{EnvironmentVariable} is '{forced}'; allowed are scalar, 128, 256 and 512."),
    };

    // Without hardware support every Vector128 call is a software routine (127 ns): scalar code is far faster then.
    // Without FMA only the 128-bit form has a fast emulation.
    private static VectorWidth Widest() =>
        Vector512.IsHardwareAccelerated && Fma.IsSupported ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;
}
