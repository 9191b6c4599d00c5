using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// A register tile of a product whose rows of A are read where they stand. Where they meet few panels of B, packing them first would
/// cost more than it saves.
/// </summary>
internal static unsafe class RowTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Runs the tile's chains over k steps.</summary>
    /// <param name="rows">Rows of the tile, 4 or 6.</param>
    /// <param name="present">Rows that A has of them; a missing one is computed as a copy of the last.</param>
    /// <param name="k">Steps, at least 1.</param>
    /// <param name="a">A, (<paramref name="present"/>, k), with <paramref name="lda"/> floats between rows.</param>
    /// <param name="b">Packed panel of B, (k, columns).</param>
    /// <param name="carry">Whether the chains begin with what <paramref name="to"/> holds, not with +0.</param>
    /// <param name="to">Where the chains' ends go, (rows, columns), with <paramref name="stride"/> floats between rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(int rows, int present, int k, float* a, int lda, float* b, bool carry, float* to, int stride)
    {
        if (rows == RegisterTile<TVector>.TallestRows)
            Run<Rows6>(present - 1, k, a, lda, b, carry, to, stride);
        else
            Run<Rows4>(present - 1, k, a, lda, b, carry, to, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows>(int last, int k, float* a, int lda, float* b, bool carry, float* to, int stride)
        where TRows : struct, ITileRows
    {
        var a1 = a + (long)Math.Min(1, last) * lda;
        var a2 = a + (long)Math.Min(2, last) * lda;
        var a3 = a + (long)Math.Min(3, last) * lda;
        var a4 = a + (long)Math.Min(4, last) * lda;
        var a5 = a + (long)Math.Min(5, last) * lda;
        TVector c00 = TVector.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
        TVector c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
        if (carry)
        {
            RegisterTile<TVector>.Load(to, out c00, out c01);
            RegisterTile<TVector>.Load(to + stride, out c10, out c11);
            RegisterTile<TVector>.Load(to + 2L * stride, out c20, out c21);
            RegisterTile<TVector>.Load(to + 3L * stride, out c30, out c31);
            if (TRows.Count == RegisterTile<TVector>.TallestRows)
            {
                RegisterTile<TVector>.Load(to + 4L * stride, out c40, out c41);
                RegisterTile<TVector>.Load(to + 5L * stride, out c50, out c51);
            }
        }

        for (long p = 0; p < k; p++)
        {
            RegisterTile<TVector>.Load(b, out var b0, out var b1);
            var left = TVector.Broadcast(a[p]);
            c00 = TVector.FusedMultiplyAdd(left, b0, c00);
            c01 = TVector.FusedMultiplyAdd(left, b1, c01);
            left = TVector.Broadcast(a1[p]);
            c10 = TVector.FusedMultiplyAdd(left, b0, c10);
            c11 = TVector.FusedMultiplyAdd(left, b1, c11);
            left = TVector.Broadcast(a2[p]);
            c20 = TVector.FusedMultiplyAdd(left, b0, c20);
            c21 = TVector.FusedMultiplyAdd(left, b1, c21);
            left = TVector.Broadcast(a3[p]);
            c30 = TVector.FusedMultiplyAdd(left, b0, c30);
            c31 = TVector.FusedMultiplyAdd(left, b1, c31);
            if (TRows.Count == RegisterTile<TVector>.TallestRows)
            {
                left = TVector.Broadcast(a4[p]);
                c40 = TVector.FusedMultiplyAdd(left, b0, c40);
                c41 = TVector.FusedMultiplyAdd(left, b1, c41);
                left = TVector.Broadcast(a5[p]);
                c50 = TVector.FusedMultiplyAdd(left, b0, c50);
                c51 = TVector.FusedMultiplyAdd(left, b1, c51);
            }

            b += RegisterTile<TVector>.Columns;
        }

        RegisterTile<TVector>.Store(to, c00, c01);
        RegisterTile<TVector>.Store(to + stride, c10, c11);
        RegisterTile<TVector>.Store(to + 2L * stride, c20, c21);
        RegisterTile<TVector>.Store(to + 3L * stride, c30, c31);
        if (TRows.Count == RegisterTile<TVector>.TallestRows)
        {
            RegisterTile<TVector>.Store(to + 4L * stride, c40, c41);
            RegisterTile<TVector>.Store(to + 5L * stride, c50, c51);
        }
    }
}
