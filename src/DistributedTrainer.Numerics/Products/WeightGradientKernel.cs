using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// W = Dᵀ · X with one chain a segment. A tile's segments are finished one after another in registers; finished ones wait on
/// a stack of tiles in L1 until the tree adds them, so that a finer shard costs no pass over memory. Where the rows take
/// more than one block, each tile keeps a stack of its own from block to block. Shapes as in <see cref="Gemm"/>.
/// </summary>
internal unsafe struct WeightGradientKernel : IVectorKernel
{
    public int M;
    public int N;
    public int Rows;
    public float* D;
    public int Ldd;
    public float* X;
    public int Ldx;
    public float* W;
    public int Ldw;
    public ChainPiece* Pieces;
    public int BlockRows;
    public int Slots;

    /// <summary>Rows of samples in a block: longer than a product's, since every border costs the tiles a round trip.</summary>
    public const int MaximumBlockRows = 512;

    private const int BlockFloatsOfD = 64 * 1024;
    private const int MaximumBlockM = 1020;
    private const int MaximumBlockN = 512;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var width = RegisterTile<TVector>.Columns;
        var stackSize = (long)Slots * RegisterTile<TVector>.Size;
        var blockM = Math.Min(M, MaximumBlockM);
        var blockN = Math.Min(N, MaximumBlockN);
        var tilesHigh = (blockM + RegisterTile<TVector>.TallestRows - 1) / RegisterTile<TVector>.TallestRows;
        var tilesWide = (blockN + width - 1) / width;
        var panelM = Math.Min(blockM, Math.Max(4, BlockFloatsOfD / BlockRows / RegisterTile<TVector>.TallestRows) * RegisterTile<TVector>.TallestRows);
        var stacksApart = BlockRows < Rows ? stackSize : 0;
        var workspace = Workspace.Current;
        var packedD = workspace.Left((long)panelM * BlockRows);
        var packedX = workspace.Right((long)tilesWide * width * BlockRows);
        var overhang = workspace.Tiles(RegisterTile<TVector>.Size + (stacksApart > 0 ? stackSize * tilesHigh * tilesWide : stackSize));
        var stacks = overhang + RegisterTile<TVector>.Size;
        for (var column = 0; column < N; column += blockN)
        {
            var columns = Math.Min(blockN, N - column);
            for (var top = 0; top < M; top += blockM)
            {
                var pieces = Pieces;
                for (var start = 0; start < Rows; start += BlockRows)
                {
                    var steps = Math.Min(BlockRows, Rows - start);
                    RightPacking.PackRows(steps, columns, width, X + (long)start * Ldx + column, Ldx, packedX);
                    var end = pieces;
                    for (var covered = 0; covered < steps; end++)
                        covered += end->Rows;
                    for (var row = top; row < Math.Min(M, top + blockM); row += panelM)
                    {
                        var rows = Math.Min(Math.Min(M, top + blockM) - row, panelM);
                        LeftPacking.PackColumns(rows, steps, D + (long)start * Ldd + row, Ldd, packedD);
                        var firstStack = stacks + stacksApart * ((row - top) / RegisterTile<TVector>.TallestRows) * tilesWide;
                        Block<TVector>(
                            rows, columns, steps, packedD, packedX, W + (long)row * Ldw + column, pieces, end, firstStack, stacksApart, overhang);
                    }

                    pieces = end;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Block<TVector>(
        int rows,
        int columns,
        int steps,
        float* d,
        float* x,
        float* w,
        ChainPiece* pieces,
        ChainPiece* end,
        float* stack,
        long stacksApart,
        float* overhang)
        where TVector : struct, IVector<TVector>
    {
        var width = RegisterTile<TVector>.Columns;
        var tilesWide = (Math.Min(N, MaximumBlockN) + width - 1) / width;
        for (var column = 0; column < columns; column += width)
        {
            for (var row = 0; row < rows; row += RegisterTile<TVector>.TallestRows)
            {
                var tileRows = Math.Min(RegisterTile<TVector>.TallestRows, rows - row);
                var tileStack = stack + stacksApart * ((long)row / RegisterTile<TVector>.TallestRows * tilesWide + column / width);
                var panelD = d + (long)row * steps;
                var panelX = x + (long)column * steps;
                var tile = w + (long)row * Ldw + column;
                for (var piece = pieces; piece < end; piece++)
                {
                    var slot = tileStack + (long)piece->Slot * RegisterTile<TVector>.Size;
                    var from = piece->Carry ? slot : null;
                    var to = tileStack + (long)piece->Target * RegisterTile<TVector>.Size;
                    var stride = width;
                    var beside = piece->Last && (piece->Carry || column + width > columns);
                    if (beside)
                    {
                        to = overhang;
                    }
                    else if (piece->Last)
                    {
                        to = tile;
                        stride = Ldw;
                    }

                    RegisterTile<TVector>.Run(
                        tileRows, piece->Rows, panelD, panelX, from, to, stride, slot - RegisterTile<TVector>.Size, piece->Merges);
                    if (beside)
                        TileCopy.Run(tileRows, Math.Min(width, columns - column), overhang, width, tile, Ldw);
                    panelD += (long)piece->Rows * tileRows;
                    panelX += (long)piece->Rows * width;
                }
            }
        }
    }
}
