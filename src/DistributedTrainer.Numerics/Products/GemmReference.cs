namespace DistributedTrainer.Numerics;

/// <summary>The definition of the matrix products, as plain loops: slow, obvious, and what every fast kernel must equal bit for bit.</summary>
public static unsafe class GemmReference
{
    /// <inheritdoc cref="Gemm.Multiply(int, int, int, float*, int, bool, float*, int, bool, float*, int)"/>
    public static void Multiply(
        int m, int n, int k, float* a, int lda, bool transposeA, float* b, int ldb, bool transposeB, float* c, int ldc)
    {
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0f;
                for (var p = 0; p < k; p++)
                {
                    var left = transposeA ? a[(long)p * lda + i] : a[(long)i * lda + p];
                    var right = transposeB ? b[(long)j * ldb + p] : b[(long)p * ldb + j];
                    sum = MathF.FusedMultiplyAdd(left, right, sum);
                }

                c[(long)i * ldc + j] = sum;
            }
        }
    }

    /// <inheritdoc cref="Gemm.WeightGradient(int, int, float*, int, float*, int, ReadOnlySpan{Segment}, float*, int)"/>
    public static void WeightGradient(
        int m, int n, float* d, int ldd, float* x, int ldx, ReadOnlySpan<Segment> segments, float* w, int ldw)
    {
        var sums = new Stack<float>();
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                sums.Clear();
                var row = 0L;
                foreach (var segment in segments)
                {
                    var sum = 0f;
                    for (var end = row + segment.Rows; row < end; row++)
                        sum = MathF.FusedMultiplyAdd(d[row * ldd + i], x[row * ldx + j], sum);
                    sums.Push(sum);
                    for (var merge = 0; merge < segment.Merges; merge++)
                    {
                        var right = sums.Pop();
                        sums.Push(sums.Pop() + right);
                    }
                }

                w[(long)i * ldw + j] = sums.Count == 0 ? 0f : sums.Pop();
            }
        }
    }
}
