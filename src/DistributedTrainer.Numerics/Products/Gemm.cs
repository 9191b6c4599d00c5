namespace DistributedTrainer.Numerics;

/// <summary>
/// Matrix products in float32, row-major. Each element is one chain of fused multiply-adds over k in ascending order from +0.
/// </summary>
public static unsafe class Gemm
{
    /// <summary>
    /// C = op(A) · op(B). op(A) is (m, k), op(B) is (k, n), C is (m, n). A transposed operand is stored as its transpose:
    /// with <paramref name="transposeA"/> A is stored (k, m), with <paramref name="transposeB"/> B is stored (n, k).
    /// Leading dimensions count floats between stored rows. C is overwritten and must not overlap A or B.
    /// </summary>
    public static void Multiply(
        int m, int n, int k, float* a, int lda, bool transposeA, float* b, int ldb, bool transposeB, float* c, int ldc)
        => GemmReference.Multiply(m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc);

    /// <summary>C = A · op(B) with B packed before: A is (m, k), C is (m, n).</summary>
    public static void Multiply(int m, float* a, int lda, PackedMatrix b, float* c, int ldc)
        => GemmReference.Multiply(m, b.N, b.K, a, lda, false, b.Source, b.SourceStride, b.Transposed, c, ldc);

    /// <summary>
    /// Weight gradient W = Dᵀ · X with D (rows, m) and X (rows, n), W (m, n); the rows are cut into
    /// <paramref name="segments"/>: one chain a segment, segments added in tree order. Rows of all segments follow each other.
    /// </summary>
    public static void WeightGradient(
        int m, int n, float* d, int ldd, float* x, int ldx, ReadOnlySpan<Segment> segments, float* w, int ldw)
        => GemmReference.WeightGradient(m, n, d, ldd, x, ldx, segments, w, ldw);
}
