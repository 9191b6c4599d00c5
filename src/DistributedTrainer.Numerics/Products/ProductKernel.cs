using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// C = op(A) · op(B) in the classical nest of blocks (Goto and van de Geijn, "Anatomy of High-Performance Matrix
/// Multiplication", 2008): k, then columns of B, then rows of A, then register tiles. Shapes as in <see cref="Gemm"/>.
/// </summary>
internal unsafe struct ProductKernel : IVectorKernel
{
    // Panels of B packed together where A has few rows: a panel alone, transposed from B's rows, stays in L1; from B stored
    // (k, n) it takes one cache line of every row, and several panels together read the rows in longer runs.
    private const int FewRowsPanels = 8;

    /// <summary>Steps of k in a block of a narrow product: its one panel of B stays in L2.</summary>
    private const int NarrowDepth = 1024;

    /// <summary>Rows that are taken at a time through a B that stays in L2 where something is done to them before and after.</summary>
    private const int RowsAround = 96;

    /// <summary>Panels of B that a row of A meets at most where it is read in its place.</summary>
    private const int FewPanels = 16;

    /// <summary>Floats of a packed B that stays in L2.</summary>
    private const int WholeB = 128 * 1024;

    public int M;
    public int N;
    public int K;
    public float* A;
    public int Lda;
    public bool TransposeA;
    public float* B;
    public int Ldb;
    public bool TransposeB;
    public float* C;
    public int Ldc;

    /// <summary>B as <see cref="PackedMatrix"/> holds it, for this vector width; null to pack on the way.</summary>
    public float* PackedB;

    /// <summary>What surrounds the product of some rows; null for nothing. A is then not transposed.</summary>
    public ProductRows? Around;

    /// <summary>Whether rows of A are read where they stand: packing them would cost more than it saves.</summary>
    private readonly bool ReadsRows<TVector>()
        where TVector : struct, IVector<TVector>
        => !TransposeA && N <= FewPanels * RegisterTile<TVector>.Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var width = RegisterTile<TVector>.Columns;
        if (N <= width && !TransposeA)
        {
            Around?.Before?.Invoke(0, M);
            RunNarrow<TVector>();
            Around?.After?.Invoke(0, M);
            return;
        }

        if (M > RowsAround && RegisterTile<TVector>.Padded(N) * K <= WholeB)
        {
            RunRows<TVector>();
            return;
        }

        Around?.Before?.Invoke(0, M);
        RunBlocks<TVector>();
        Around?.After?.Invoke(0, M);
    }

    /// <summary>All of B stays in L2: some rows of A at a time go through all of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void RunRows<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var depth = Blocking.DepthFor(K);
        var blockRows = Around is null ? Blocking.RowsFor(M) : RowsAround;
        var workspace = Workspace.Current;
        var packedA = ReadsRows<TVector>() ? null : workspace.Left(LeftPacking.Length(blockRows, depth));
        var overhang = workspace.Tiles(RegisterTile<TVector>.Size);
        var packedB = PackedB;
        if (packedB is null)
        {
            packedB = workspace.Right(RegisterTile<TVector>.Padded(N) * K);
            for (var p = 0; p < K; p += depth)
                PackB<TVector>(p, Math.Min(depth, K - p), 0, N, packedB + RegisterTile<TVector>.Padded(N) * p);
        }

        for (var row = 0; row < M; row += blockRows)
        {
            var rows = Math.Min(blockRows, M - row);
            Around?.Before?.Invoke(row, rows);
            for (var p = 0; p < K; p += depth)
            {
                var steps = Math.Min(depth, K - p);
                var a = LeftOf(row, rows, p, steps, packedA);
                Block<TVector>(rows, N, steps, a, packedB + RegisterTile<TVector>.Padded(N) * p, C + (long)row * Ldc, p > 0, overhang);
            }

            Around?.After?.Invoke(row, rows);
        }
    }

    /// <summary>B is too large for L2, or has few rows to meet: it goes by in blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void RunBlocks<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var width = RegisterTile<TVector>.Columns;
        var depth = Blocking.DepthFor(K);
        var fewRows = M <= Blocking.Rows;
        var blockRows = Blocking.RowsFor(M);
        var blockColumns = !fewRows ? Blocking.Columns : TransposeB ? width : width * FewRowsPanels;
        var workspace = Workspace.Current;
        var packedA = ReadsRows<TVector>() ? null : workspace.Left(LeftPacking.Length(blockRows, depth));
        var ownB = PackedB is null ? workspace.Right(RegisterTile<TVector>.Padded(Math.Min(N, blockColumns)) * depth) : null;
        var overhang = workspace.Tiles(RegisterTile<TVector>.Size);
        for (var p = 0; p < K; p += depth)
        {
            var steps = Math.Min(depth, K - p);
            var a = fewRows ? LeftOf(0, M, p, steps, packedA) : default;
            for (var column = 0; column < N; column += blockColumns)
            {
                var columns = Math.Min(blockColumns, N - column);
                var packedB = ownB;
                if (PackedB is not null)
                    packedB = PackedB + RegisterTile<TVector>.Padded(N) * p + (long)column * steps;
                else
                    PackB<TVector>(p, steps, column, columns, packedB);

                for (var row = 0; row < M; row += blockRows)
                {
                    var rows = Math.Min(blockRows, M - row);
                    if (!fewRows)
                        a = LeftOf(row, rows, p, steps, packedA);
                    Block<TVector>(rows, columns, steps, a, packedB, C + (long)row * Ldc + column, p > 0, overhang);
                }
            }
        }
    }

    /// <summary>C is no wider than a panel of B: A's rows are read where they stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void RunNarrow<TVector>()
        where TVector : struct, IVector<TVector>
    {
        const int TileRows = NarrowTile<TVector>.Rows;
        var width = RegisterTile<TVector>.Columns;
        var depth = Blocking.EvenShare(K, NarrowDepth, 8);
        var workspace = Workspace.Current;
        var ownB = PackedB is null ? workspace.Right((long)width * depth) : null;
        var tile = workspace.Tiles(NarrowTile<TVector>.Size);
        for (var p = 0; p < K; p += depth)
        {
            var steps = Math.Min(depth, K - p);
            var panel = PackedB is null ? ownB : PackedB + (long)width * p;
            if (PackedB is null && TransposeB)
                RightPacking<TVector>.PackColumns(steps, N, B + p, Ldb, panel);
            else if (PackedB is null)
                RightPacking<TVector>.PackRows(steps, N, B + (long)p * Ldb, Ldb, panel);

            for (var row = 0; row < M; row += TileRows)
            {
                var rows = Math.Min(TileRows, M - row);
                for (var column = 0; column < N; column += TVector.Count)
                {
                    var columns = Math.Min(TVector.Count, N - column);
                    var c = C + (long)row * Ldc + column;
                    if (p > 0)
                        TileCopy.Run(rows, columns, c, Ldc, tile, TVector.Count);
                    NarrowTile<TVector>.Run(rows, steps, A + (long)row * Lda + p, Lda, panel + column, width, tile, p > 0);
                    TileCopy.Run(rows, columns, tile, TVector.Count, c, Ldc);
                }
            }
        }
    }

    /// <summary>A block of op(A): packed, or where it stands if there is no room to pack it in.</summary>
    private readonly Left LeftOf(int row, int rows, int p, int steps, float* packed)
    {
        if (packed is null)
            return new Left(A + (long)row * Lda + p, Lda);
        if (TransposeA)
            LeftPacking.PackColumns(rows, steps, A + (long)p * Lda + row, Lda, packed);
        else
            LeftPacking.PackRows(rows, steps, A + (long)row * Lda + p, Lda, packed);
        return new Left(packed, 0);
    }

    private readonly void PackB<TVector>(int p, int steps, int column, int columns, float* packed)
        where TVector : struct, IVector<TVector>
    {
        if (TransposeB)
            RightPacking<TVector>.PackColumns(steps, columns, B + (long)column * Ldb + p, Ldb, packed);
        else
            RightPacking<TVector>.PackRows(steps, columns, B + (long)p * Ldb + column, Ldb, packed);
    }

    /// <summary>Tiles of one block; a tile that overhangs C's last row or column is computed whole beside C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Block<TVector>(
        int rows, int columns, int steps, Left a, float* b, float* c, bool carry, float* overhang)
        where TVector : struct, IVector<TVector>
    {
        var width = RegisterTile<TVector>.Columns;
        var whole = new Segment(steps, 0);
        for (var column = 0; column < columns; column += width)
        {
            var panelB = b + (long)column * steps;
            for (var row = 0; row < rows; row += RegisterTile<TVector>.TallestRows)
            {
                var height = LeftPacking.HeightOf(rows - row);
                var tile = c + (long)row * Ldc + column;
                var presentRows = Math.Min(height, rows - row);
                var presentColumns = Math.Min(width, columns - column);
                if (presentRows == height && presentColumns == width)
                {
                    Prefetch.Rows(tile + (long)RegisterTile<TVector>.TallestRows * Ldc, Ldc);
                    Tile<TVector>(height, presentRows, &whole, a, row, panelB, carry, tile, Ldc);
                    continue;
                }

                if (carry)
                    TileCopy.Run(presentRows, presentColumns, tile, Ldc, overhang, width);
                Tile<TVector>(height, presentRows, &whole, a, row, panelB, carry, overhang, width);
                TileCopy.Run(presentRows, presentColumns, overhang, width, tile, Ldc);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TVector>(int height, int present, Segment* whole, Left a, int row, float* b, bool carry, float* to, int stride)
        where TVector : struct, IVector<TVector>
    {
        if (a.Stride > 0)
        {
            RowTile<TVector>.Run(height, present, whole->Rows, a.First + (long)row * a.Stride, a.Stride, b, carry, to, stride);
        }
        else
        {
            RegisterTile<TVector>.Run(
                height, whole, 1, a.First + (long)row * whole->Rows, b, RegisterTile<TVector>.Columns, carry ? to : null, stride, null, to, stride);
        }
    }

    /// <summary>Rows of op(A).</summary>
    /// <param name="first">The first one, or its packed panel.</param>
    /// <param name="stride">Floats between rows; 0 where they are packed.</param>
    private readonly struct Left(float* first, int stride)
    {
        public float* First => first;

        public int Stride => stride;
    }
}
