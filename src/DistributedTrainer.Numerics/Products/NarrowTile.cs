using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// The innermost kernel of products with few columns: 8 rows and one vector of columns. A is read where it stands, since each of its
/// elements meets one or two vectors of B and packing it would cost as much as the product.
/// </summary>
internal static unsafe class NarrowTile<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Rows of a tile: enough chains to cover the latency of the multipliers.</summary>
    public const int Rows = 8;

    /// <summary>Floats of a tile.</summary>
    public static int Size
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Rows * TVector.Count;
    }

    /// <summary>Runs the tile's chains over k steps.</summary>
    /// <param name="present">Rows that A has, 1 to 8; a missing one is computed as a copy of the last.</param>
    /// <param name="k">Steps, at least 1.</param>
    /// <param name="a">A, (present, k), with <paramref name="lda"/> floats between rows.</param>
    /// <param name="b">A packed panel's vector, (k, Count), with <paramref name="ldb"/> floats between steps.</param>
    /// <param name="tile">(8, Count): receives the chains' ends.</param>
    /// <param name="carry">Whether the chains begin with what the tile holds, not with +0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int present, int k, float* a, int lda, float* b, int ldb, float* tile, bool carry)
    {
        var count = TVector.Count;
        var last = present - 1;
        var a1 = a + (long)Math.Min(1, last) * lda;
        var a2 = a + (long)Math.Min(2, last) * lda;
        var a3 = a + (long)Math.Min(3, last) * lda;
        var a4 = a + (long)Math.Min(4, last) * lda;
        var a5 = a + (long)Math.Min(5, last) * lda;
        var a6 = a + (long)Math.Min(6, last) * lda;
        var a7 = a + (long)Math.Min(7, last) * lda;
        TVector c0 = TVector.Zero, c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
        if (carry)
        {
            c0 = TVector.Load(tile);
            c1 = TVector.Load(tile + count);
            c2 = TVector.Load(tile + 2 * count);
            c3 = TVector.Load(tile + 3 * count);
            c4 = TVector.Load(tile + 4 * count);
            c5 = TVector.Load(tile + 5 * count);
            c6 = TVector.Load(tile + 6 * count);
            c7 = TVector.Load(tile + 7 * count);
        }

        for (long p = 0; p < k; p++)
        {
            var right = TVector.Load(b);
            c0 = TVector.FusedMultiplyAdd(TVector.Broadcast(a[p]), right, c0);
            c1 = TVector.FusedMultiplyAdd(TVector.Broadcast(a1[p]), right, c1);
            c2 = TVector.FusedMultiplyAdd(TVector.Broadcast(a2[p]), right, c2);
            c3 = TVector.FusedMultiplyAdd(TVector.Broadcast(a3[p]), right, c3);
            c4 = TVector.FusedMultiplyAdd(TVector.Broadcast(a4[p]), right, c4);
            c5 = TVector.FusedMultiplyAdd(TVector.Broadcast(a5[p]), right, c5);
            c6 = TVector.FusedMultiplyAdd(TVector.Broadcast(a6[p]), right, c6);
            c7 = TVector.FusedMultiplyAdd(TVector.Broadcast(a7[p]), right, c7);
            b += ldb;
        }

        TVector.Store(c0, tile);
        TVector.Store(c1, tile + count);
        TVector.Store(c2, tile + 2 * count);
        TVector.Store(c3, tile + 3 * count);
        TVector.Store(c4, tile + 4 * count);
        TVector.Store(c5, tile + 5 * count);
        TVector.Store(c6, tile + 6 * count);
        TVector.Store(c7, tile + 7 * count);
    }
}
