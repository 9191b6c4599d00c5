namespace DistributedTrainer.Numerics;

/// <summary>
/// Matrix products in float32, row-major. Each element is one chain of fused multiply-adds over k in ascending order from +0.
/// Any number of threads may multiply at once; a thread keeps the memory in which it packs operands.
/// </summary>
public static unsafe class Gemm
{
    /// <summary>
    /// C = op(A) · op(B). op(A) is (m, k), op(B) is (k, n), C is (m, n). A transposed operand is stored as its transpose:
    /// with <paramref name="transposeA"/> A is stored (k, m), with <paramref name="transposeB"/> B is stored (n, k).
    /// Leading dimensions count floats between stored rows. C is overwritten and must not overlap A or B.
    /// </summary>
    /// <exception cref="ArgumentException">A size is negative, or a leading dimension is less than the stored row.</exception>
    public static void Multiply(
        int m, int n, int k, float* a, int lda, bool transposeA, float* b, int ldb, bool transposeB, float* c, int ldc)
        => Multiply(m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, VectorPath.Current);

    /// <summary>
    /// C = A · op(B), with work on rows of A and of C around the product of these rows. That work may write the rows it is given, and memory
    /// that is none of the operands.
    /// </summary>
    /// <param name="around">The work; null for none.</param>
    /// <inheritdoc cref="Multiply(int, int, int, float*, int, bool, float*, int, bool, float*, int)" path="/exception"/>
    public static void Multiply(
        int m, int n, int k, float* a, int lda, float* b, int ldb, bool transposeB, float* c, int ldc, ProductRows? around)
        => Multiply(m, n, k, a, lda, false, b, ldb, transposeB, c, ldc, VectorPath.Current, around);

    /// <summary>C = A · op(B) with B packed before: A is (m, k), C is (m, n).</summary>
    /// <exception cref="ArgumentException">A size is negative, or a leading dimension is less than the stored row.</exception>
    public static void Multiply(int m, float* a, int lda, PackedMatrix b, float* c, int ldc)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        CheckStride(m, b.K, lda);
        CheckStride(m, b.N, ldc);
        var kernel = new ProductKernel { M = m, N = b.N, K = b.K, A = a, Lda = lda, PackedB = b.Packed, C = c, Ldc = ldc };
        Run(ref kernel, b.Vectors);
    }

    /// <summary>
    /// Weight gradient W = Dᵀ · X with D (rows, m) and X (rows, n), W (m, n); the rows are cut into
    /// <paramref name="segments"/>: one chain a segment, segments added in tree order. Rows of all segments follow each other.
    /// Without segments W is +0.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A size is negative, a leading dimension is less than the stored row, or the segments are no complete tree.
    /// </exception>
    public static void WeightGradient(
        int m, int n, float* d, int ldd, float* x, int ldx, ReadOnlySpan<Segment> segments, float* w, int ldw)
        => WeightGradient(m, n, d, ldd, x, ldx, segments, w, ldw, VectorPath.Current);

    internal static void Multiply(
        int m, int n, int k, float* a, int lda, bool transposeA, float* b, int ldb, bool transposeB, float* c, int ldc, VectorWidth vectors,
        ProductRows? around = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        CheckStride(transposeA ? k : m, transposeA ? m : k, lda);
        CheckStride(transposeB ? n : k, transposeB ? k : n, ldb);
        CheckStride(m, n, ldc);
        var kernel = new ProductKernel
        {
            M = m,
            N = n,
            K = k,
            A = a,
            Lda = lda,
            TransposeA = transposeA,
            B = b,
            Ldb = ldb,
            TransposeB = transposeB,
            C = c,
            Ldc = ldc,
            Around = around,
        };
        Run(ref kernel, vectors);
    }

    internal static void WeightGradient(
        int m, int n, float* d, int ldd, float* x, int ldx, ReadOnlySpan<Segment> segments, float* w, int ldw, VectorWidth vectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var rows = Segment.Check(segments);
        CheckStride(rows, m, ldd);
        CheckStride(rows, n, ldx);
        CheckStride(m, n, ldw);
        if (m == 0 || n == 0)
            return;
        if (rows == 0)
        {
            Clear(m, n, w, ldw);
            return;
        }

        fixed (Segment* first = segments)
        {
            var turned = WeightGradientKernel.IsFasterTurned(m, n, rows);
            var kernel = new WeightGradientKernel
            {
                M = turned ? n : m,
                N = turned ? m : n,
                Rows = rows,
                D = turned ? x : d,
                Ldd = turned ? ldx : ldd,
                X = turned ? d : x,
                Ldx = turned ? ldd : ldx,
                W = w,
                Ldw = ldw,
                Segments = first,
                SegmentCount = segments.Length,
                Turned = turned,
            };
            VectorPath.Run(ref kernel, vectors);
        }
    }

    private static void Run(ref ProductKernel kernel, VectorWidth vectors)
    {
        if (kernel.M == 0 || kernel.N == 0)
            return;
        if (kernel.K == 0)
            Clear(kernel.M, kernel.N, kernel.C, kernel.Ldc);
        else
            VectorPath.Run(ref kernel, vectors);
    }

    private static void Clear(int rows, int columns, float* c, int ldc)
    {
        for (var row = 0; row < rows; row++)
            new Span<float>(c + (long)row * ldc, columns).Clear();
    }

    /// <exception cref="ArgumentException">Stored rows would overlap.</exception>
    internal static void CheckStride(int rows, int columns, int stride)
    {
        if (rows > 1 && stride < columns)
            throw new ArgumentException($"A leading dimension is {stride}, less than the {columns} floats of a stored row.");
    }
}
