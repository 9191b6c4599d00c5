using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The small products of attention in registers: 4 rows at a time and 2 vectors of columns, 8 chains. Each element is one chain of
/// fused multiply-adds in ascending order, as in <see cref="Gemm"/>; beside it these stop at each row's own length, so that masked
/// keys enter no sum.
/// </summary>
internal static unsafe class AttentionTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 4;

    private static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TVector.Count;
    }

    /// <summary>s = a · b: a (4, k) at stride lda, b (k, columns) at stride ldb, s (4, columns) at stride lds; columns in whole tiles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Product(float* a, int lda, float* b, int ldb, int k, int columns, float* s, int lds)
    {
        for (var column = 0; column < columns; column += Columns)
        {
            TVector s00 = TVector.Zero, s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
            var right = b + column;
            for (var i = 0; i < k; i++, right += ldb)
            {
                var (b0, b1) = (TVector.Load(right), TVector.Load(right + TVector.Count));
                Take(a[i], b0, b1, ref s00, ref s01);
                Take(a[lda + i], b0, b1, ref s10, ref s11);
                Take(a[2 * lda + i], b0, b1, ref s20, ref s21);
                Take(a[3 * lda + i], b0, b1, ref s30, ref s31);
            }

            Store(s + column, s00, s01);
            Store(s + lds + column, s10, s11);
            Store(s + 2 * lds + column, s20, s21);
            Store(s + 3 * lds + column, s30, s31);
        }
    }

    /// <summary>
    /// sum += w · v with weights w (4, keys) at stride ldw and v (keys, columns) at stride ldv; row r takes keys 0 to n + r·further − 1
    /// only, in ascending order.
    /// </summary>
    /// <param name="further">1 where each row sees one key more than the row above it, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddWeighted(
        float* w, int ldw, int n, int further, float* v, int ldv, int columns, float* sum, int lds)
    {
        for (var column = 0; column < columns; column += Columns)
        {
            float* row0 = sum + column, row1 = row0 + lds, row2 = row1 + lds, row3 = row2 + lds;
            Load(row0, out var s00, out var s01);
            Load(row1, out var s10, out var s11);
            Load(row2, out var s20, out var s21);
            Load(row3, out var s30, out var s31);
            var right = v + column;
            for (var i = 0; i < n; i++, right += ldv)
            {
                var (v0, v1) = (TVector.Load(right), TVector.Load(right + TVector.Count));
                Take(w[i], v0, v1, ref s00, ref s01);
                Take(w[ldw + i], v0, v1, ref s10, ref s11);
                Take(w[2 * ldw + i], v0, v1, ref s20, ref s21);
                Take(w[3 * ldw + i], v0, v1, ref s30, ref s31);
            }

            for (var i = n; i < n + 3 * further; i++, right += ldv)
            {
                var (v0, v1) = (TVector.Load(right), TVector.Load(right + TVector.Count));
                if (i < n + 1)
                    Take(w[ldw + i], v0, v1, ref s10, ref s11);
                if (i < n + 2)
                    Take(w[2 * ldw + i], v0, v1, ref s20, ref s21);
                Take(w[3 * ldw + i], v0, v1, ref s30, ref s31);
            }

            Store(row0, s00, s01);
            Store(row1, s10, s11);
            Store(row2, s20, s21);
            Store(row3, s30, s31);
        }
    }

    /// <summary>
    /// sum += wᵀ · x with weights w (rows, 4) at stride ldw and x (rows, columns) at stride ldx; column r of w takes rows from r·further on,
    /// in ascending order.
    /// </summary>
    /// <param name="further">1 where each key is seen from one row later than the key before it, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTransposed(
        float* w, int ldw, int rows, int further, float* x, int ldx, int columns, float* sum, int lds)
    {
        for (var column = 0; column < columns; column += Columns)
        {
            float* row0 = sum + column, row1 = row0 + lds, row2 = row1 + lds, row3 = row2 + lds;
            Load(row0, out var s00, out var s01);
            Load(row1, out var s10, out var s11);
            Load(row2, out var s20, out var s21);
            Load(row3, out var s30, out var s31);
            float* left = w, right = x + column;
            var i = 0;
            for (; i < Math.Min(3 * further, rows); i++, left += ldw, right += ldx)
            {
                var (x0, x1) = (TVector.Load(right), TVector.Load(right + TVector.Count));
                Take(left[0], x0, x1, ref s00, ref s01);
                if (i >= 1)
                    Take(left[1], x0, x1, ref s10, ref s11);
                if (i >= 2)
                    Take(left[2], x0, x1, ref s20, ref s21);
            }

            for (; i < rows; i++, left += ldw, right += ldx)
            {
                var (x0, x1) = (TVector.Load(right), TVector.Load(right + TVector.Count));
                Take(left[0], x0, x1, ref s00, ref s01);
                Take(left[1], x0, x1, ref s10, ref s11);
                Take(left[2], x0, x1, ref s20, ref s21);
                Take(left[3], x0, x1, ref s30, ref s31);
            }

            Store(row0, s00, s01);
            Store(row1, s10, s11);
            Store(row2, s20, s21);
            Store(row3, s30, s31);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(float weight, TVector left, TVector right, ref TVector sum0, ref TVector sum1)
    {
        var weights = TVector.Broadcast(weight);
        sum0 = TVector.FusedMultiplyAdd(weights, left, sum0);
        sum1 = TVector.FusedMultiplyAdd(weights, right, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* row, out TVector left, out TVector right)
    {
        left = TVector.Load(row);
        right = TVector.Load(row + TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* row, TVector left, TVector right)
    {
        TVector.Store(left, row);
        TVector.Store(right, row + TVector.Count);
    }
}
