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
    private readonly VectorWidth _vectors;

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
        (K, N, _vectors) = (k, n, vectors);
        _packed = new FloatBuffer(checked(k * ((n + PanelColumns - 1) / PanelColumns * PanelColumns)));
    }

    public int K { get; }

    public int N { get; }

    internal float* Packed => _packed.Pointer;

    internal VectorWidth Vectors => _vectors;

    // Two vectors, as the register tile has.
    private int PanelColumns => 2 * (int)_vectors / (8 * sizeof(float));

    /// <summary>Copies the values of <paramref name="b"/>, stored (k, n), or (n, k) where <paramref name="transposed"/>.</summary>
    public void Pack(float* b, int ldb, bool transposed)
    {
        var width = PanelColumns;
        var depth = Blocking.DepthFor(K);
        var packed = _packed.Pointer;
        for (var p = 0; p < K; p += depth)
        {
            var steps = Math.Min(depth, K - p);
            if (transposed)
                RightPacking.PackColumns(steps, N, width, b + p, ldb, packed);
            else
                RightPacking.PackRows(steps, N, width, b + (long)p * ldb, ldb, packed);
            packed += (long)steps * ((N + width - 1) / width * width);
        }
    }

    public void Dispose() => _packed.Dispose();
}
