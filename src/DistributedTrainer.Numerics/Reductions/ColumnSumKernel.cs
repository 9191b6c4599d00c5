using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// One column's chain is one lane's, so no width of vectors changes it. Rows are taken whole, eight at a time, with the sums in the
/// first cache: a walk down single columns would use a part of every cache line it loads.
/// </summary>
internal unsafe struct ColumnSumKernel : IVectorKernel
{
    private const int RowsAtOnce = 8;

    public int Columns;
    public float* D;
    public int Ldd;

    /// <summary>Second factor; null for plain sums.</summary>
    public float* X;
    public int Ldx;
    public Segment* Segments;
    public int SegmentCount;

    /// <summary>Stack of sums (depth, columns) that wait for their siblings.</summary>
    public float* Open;
    public float* Sums;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        float* d = D, x = X, top = Open;
        for (var segment = Segments; segment < Segments + SegmentCount; segment++)
        {
            new Span<float>(top, Columns).Clear();
            for (var row = 0; row < segment->Rows; row += RowsAtOnce)
            {
                var rows = Math.Min(RowsAtOnce, segment->Rows - row);
                Chain<TVector>(rows, d, x, top);
                d += (long)rows * Ldd;
                x += (long)rows * Ldx;
            }

            for (var merges = segment->Merges; merges > 0; merges--)
            {
                top -= Columns;
                Add<TVector>(top, top + Columns);
            }

            top += Columns;
        }

        Buffer.MemoryCopy(Open, Sums, (long)Columns * sizeof(float), (long)Columns * sizeof(float));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Chain<TVector>(int rows, float* d, float* x, float* sums)
        where TVector : struct, IVector<TVector>
    {
        var column = 0;
        for (; column <= Columns - TVector.Count; column += TVector.Count)
            TVector.Store(Chain(rows, d + column, x + column, TVector.Load(sums + column)), sums + column);
        for (; column < Columns; column++)
            Lanes1.Store(Chain(rows, d + column, x + column, Lanes1.Load(sums + column)), sums + column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Chain<TVector>(int rows, float* d, float* x, TVector sum)
        where TVector : struct, IVector<TVector>
    {
        if (X is null)
        {
            for (var row = 0; row < rows; row++, d += Ldd)
                sum += TVector.Load(d);
            return sum;
        }

        for (var row = 0; row < rows; row++, d += Ldd, x += Ldx)
            sum = TVector.FusedMultiplyAdd(TVector.Load(d), TVector.Load(x), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add<TVector>(float* left, float* right)
        where TVector : struct, IVector<TVector>
    {
        var column = 0;
        for (; column <= Columns - TVector.Count; column += TVector.Count)
            TVector.Store(TVector.Load(left + column) + TVector.Load(right + column), left + column);
        for (; column < Columns; column++)
            left[column] += right[column];
    }
}
