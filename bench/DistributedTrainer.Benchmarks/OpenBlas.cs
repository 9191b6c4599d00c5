using System.Runtime.InteropServices;

namespace DistributedTrainer.Benchmarks;

/// <summary>
/// The peer: OpenBLAS with one thread, loaded if the machine has it (Debian and Ubuntu: package libopenblas0-pthread).
/// </summary>
public sealed unsafe class OpenBlas
{
    private const int RowMajor = 101;
    private const int NoTranspose = 111;
    private const int Transpose = 112;

    private static readonly string[] FileNames = OperatingSystem.IsWindows() ? ["libopenblas.dll", "openblas.dll"]
        : OperatingSystem.IsMacOS() ? ["libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib"]
        : ["libopenblas.so.0", "libopenblas.so"];

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;

    private OpenBlas(nint library)
    {
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        // An environment variable set from here would not reach C code; this call does.
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads"))(1);
        var getConfig = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "openblas_get_config");
        Description = Marshal.PtrToStringUTF8(getConfig()) ?? "OpenBLAS";
    }

    /// <summary>Version, build and the processor kernels that it chose.</summary>
    public string Description { get; }

    /// <summary>Null where no library of these names is installed.</summary>
    public static OpenBlas? Find()
    {
        foreach (var name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, out var library))
                return new OpenBlas(library);
        }

        return null;
    }

    /// <summary>C = op(A) · op(B), with the arguments of <see cref="Numerics.Gemm"/>.</summary>
    public void Multiply(int m, int n, int k, float* a, int lda, bool transposeA, float* b, int ldb, bool transposeB, float* c, int ldc)
        => _sgemm(
            RowMajor, transposeA ? Transpose : NoTranspose, transposeB ? Transpose : NoTranspose, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
}
