namespace DistributedTrainer.Numerics;

/// <summary>
/// The right operand op(B) of products, (k, n), rearranged once into the order in which the kernels read it, and used by many
/// products. Packing again reuses the memory. Several threads may multiply with one packed matrix at once, but not while it
/// is being packed.
/// </summary>
/// <remarks>
/// <see cref="Gemm.Multiply(int, int, int, float*, int, bool, float*, int, bool, float*, int)"/> packs every panel of B on its
/// way and loses little by it, so packing before pays where the same values meet at least two products one after another.
/// </remarks>
public sealed unsafe class PackedMatrix : IDisposable
{
    private readonly FloatBuffer _packed;

    /// <summary>Reserves memory for an operand of k rows and n columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public PackedMatrix(int k, int n)
        : this(k, n, VectorPath.Current)
    {
    }

    /// <summary>The same for a given width of vectors: for tests that compare the paths.</summary>
    internal PackedMatrix(int k, int n, VectorWidth vectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        (K, N, Vectors) = (k, n, vectors);
        _packed = new FloatBuffer(checked(k * ((n + PanelColumns - 1) / PanelColumns * PanelColumns)));
    }

    public int K { get; }

    public int N { get; }

    internal float* Packed => _packed.Pointer;

    /// <summary>The width of vectors whose order the panels have.</summary>
    internal VectorWidth Vectors { get; }

    // Two vectors, as the register tile has.
    private int PanelColumns => 2 * (int)Vectors / (8 * sizeof(float));

    /// <summary>Copies the values of <paramref name="b"/>, stored (k, n), or (n, k) where <paramref name="transposed"/>.</summary>
    /// <exception cref="ArgumentException">The leading dimension is less than the stored row.</exception>
    public void Pack(float* b, int ldb, bool transposed)
    {
        Gemm.CheckStride(transposed ? N : K, transposed ? K : N, ldb);
        var kernel = new PackKernel { K = K, N = N, B = b, Ldb = ldb, Transposed = transposed, Packed = _packed.Pointer };
        VectorPath.Run(ref kernel, Vectors);
    }

    public void Dispose() => _packed.Dispose();

    private struct PackKernel : IVectorKernel
    {
        public int K;
        public int N;
        public float* B;
        public int Ldb;
        public bool Transposed;
        public float* Packed;

        public readonly void Run<TVector>()
            where TVector : struct, IVector<TVector>
        {
            var depth = Blocking.DepthFor(K);
            var packed = Packed;
            for (var p = 0; p < K; p += depth)
            {
                var steps = Math.Min(depth, K - p);
                if (Transposed)
                    RightPacking<TVector>.PackColumns(steps, N, B + p, Ldb, packed);
                else
                    RightPacking<TVector>.PackRows(steps, N, B + (long)p * Ldb, Ldb, packed);
                packed += (long)steps * RegisterTile<TVector>.Padded(N);
            }
        }
    }
}
