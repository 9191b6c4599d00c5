using System.Runtime.CompilerServices;

namespace DistributedTrainer.Numerics;

/// <summary>
/// W = Dᵀ · X with one chain a segment. A tile's segments are finished one after another in registers; finished ones wait on
/// a stack of tiles in L1 until the tree adds them, so that a finer shard costs no pass over memory. Where the rows take
/// more than one block, each tile has a stack of its own, which it keeps from block to block. Shapes as in <see cref="Gemm"/>.
/// </summary>
/// <remarks>
/// Turned around it computes Wᵀ = Xᵀ · D, with the same chains, and stores it as W: D's rows are then copied by vectors where they would
/// have been rearranged six floats at a time.
/// </remarks>
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
    public Segment* Segments;
    public int SegmentCount;

    /// <summary>Whether the product is stored as its transpose: W is (<see cref="N"/>, <see cref="M"/>).</summary>
    public bool Turned;

    // A block of rows is longer than a product's: every border costs each tile a round trip of its stack through memory.
    private const int MaximumBlockRows = 512;
    private const int MaximumBlockM = 170 * 6;
    private const int MaximumBlockN = 512;

    // Packed D that stays in L2, in floats.
    private const int PackedFloatsOfD = 64 * 1024;

    // A turned tile is stored float by float, which takes about as long as so many steps of its chains.
    private const int RowsToTurn = 256;

    /// <summary>Whether Wᵀ = Xᵀ · D is the faster way to W: where D is much wider than X, and the chains are long.</summary>
    public static bool IsFasterTurned(int m, int n, int rows) => m >= 2 * n && rows >= RowsToTurn;

    /// <summary>
    /// With few units a panel of X meets one tile or two, and packing it would cost as much as the product: it is read where it stands.
    /// Not where the rows lie so that their lines would displace each other in the first cache.
    /// </summary>
    private readonly bool ReadsInPlace => M <= 2 * LeftPacking.PanelRows && Ldx % 64 != 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TVector>()
        where TVector : struct, IVector<TVector>
    {
        const int TallestRows = RegisterTile<TVector>.TallestRows;
        var width = RegisterTile<TVector>.Columns;
        var segments = new ReadOnlySpan<Segment>(Segments, SegmentCount);
        var blockRows = Blocking.EvenShare(Rows, MaximumBlockRows, 8);
        var blockM = Blocking.EvenShare(M, MaximumBlockM, TallestRows);
        var blockN = Blocking.EvenShare(N, MaximumBlockN, width);
        var panelM = Blocking.EvenShare(blockM, Math.Max(4, PackedFloatsOfD / blockRows / TallestRows) * TallestRows, TallestRows);
        var stacks = new TileStacks
        {
            TilesHigh = (blockM + TallestRows - 1) / TallestRows,
            TilesWide = (blockN + width - 1) / width,
            StackSize = (long)SegmentCursor.Depth(segments) * RegisterTile<TVector>.Size,
            Shared = blockRows == Rows,
        };
        var workspace = Workspace.Current;
        var packedD = workspace.Left(LeftPacking.Length(panelM, blockRows));
        var packedX = workspace.Right((long)stacks.TilesWide * width * blockRows);
        var overhang = workspace.Tiles(RegisterTile<TVector>.Size + stacks.Length);
        stacks.First = overhang + RegisterTile<TVector>.Size;
        var parts = workspace.Segments(SegmentCount);
        fixed (Segment* firstPart = parts)
        {
            for (var column = 0; column < N; column += blockN)
            {
                var columns = Math.Min(blockN, N - column);
                for (var top = 0; top < M; top += blockM)
                {
                    var bottom = Math.Min(M, top + blockM);
                    var cursor = new SegmentCursor(segments);
                    for (var start = 0; start < Rows; start += blockRows)
                    {
                        var steps = Math.Min(blockRows, Rows - start);
                        var x = X + (long)start * Ldx + column;
                        var inPlace = ReadsInPlace ? columns / width * width : 0;
                        RightPacking<TVector>.PackRows(steps, columns - inPlace, x + inPlace, Ldx, packedX + (long)inPlace * steps);
                        var block = new Block
                        {
                            X = x,
                            InPlace = inPlace,
                            Columns = columns,
                            Steps = steps,
                            CarriesIn = cursor.InsideSegment,
                            WaitingBefore = cursor.Waiting,
                            Parts = firstPart,
                            PartCount = cursor.Take(steps, parts),
                            WaitingAfter = cursor.InsideSegment ? cursor.Waiting : cursor.Waiting - 1,
                            Last = cursor.AtEnd,
                        };
                        for (var row = top; row < bottom; row += panelM)
                        {
                            var rows = Math.Min(bottom - row, panelM);
                            LeftPacking.PackColumns(rows, steps, D + (long)start * Ldd + row, Ldd, packedD);
                            RunBlock<TVector>(block, rows, packedD, packedX, W + Offset(row, column), stacks, (row - top) / TallestRows, overhang);
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void RunBlock<TVector>(
        in Block block, int rows, float* d, float* x, float* w, in TileStacks stacks, int firstTile, float* overhang)
        where TVector : struct, IVector<TVector>
    {
        const int TallestRows = RegisterTile<TVector>.TallestRows;
        var width = RegisterTile<TVector>.Columns;
        for (var column = 0; column < block.Columns; column += width)
        {
            var inPlace = column < block.InPlace;
            var panelX = inPlace ? block.X + column : x + (long)column * block.Steps;
            var ldx = inPlace ? Ldx : width;
            for (var row = 0; row < rows; row += TallestRows)
            {
                var height = LeftPacking.HeightOf(rows - row);
                var presentRows = Math.Min(height, rows - row);
                var presentColumns = Math.Min(width, block.Columns - column);
                var panelD = d + (long)row * block.Steps;
                var stack = stacks.Of(firstTile + row / TallestRows, column / width);
                var top = stack + (long)block.WaitingBefore * RegisterTile<TVector>.Size;
                var from = block.CarriesIn ? top : null;
                var tile = w + Offset(row, column);
                var direct = !Turned && presentRows == height && presentColumns == width;
                var to = !block.Last ? stack + (long)block.WaitingAfter * RegisterTile<TVector>.Size : direct ? tile : overhang;
                var stride = block.Last && direct ? Ldw : width;
                RegisterTile<TVector>.Run(height, block.Parts, block.PartCount, panelD, panelX, ldx, from, width, top, to, stride);
                if (!block.Last || direct)
                    continue;
                if (Turned)
                    Transposition.Run(presentRows, presentColumns, overhang, width, tile, Ldw);
                else
                    TileCopy.Run(presentRows, presentColumns, overhang, width, tile, Ldw);
            }
        }
    }

    /// <summary>Where W holds an element of the product, in floats from its first.</summary>
    private readonly long Offset(int row, int column) => Turned ? (long)column * Ldw + row : (long)row * Ldw + column;

    /// <summary>Rows that are taken together, and where the chains of a tile stand before and after them.</summary>
    private struct Block
    {
        public int Columns;

        /// <summary>The block's rows of X where they stand, and how many of their columns are read there; the others are packed.</summary>
        public float* X;
        public int InPlace;

        public int Steps;
        public Segment* Parts;
        public int PartCount;

        /// <summary>Whether the first part goes on with a chain from the block before.</summary>
        public bool CarriesIn;

        /// <summary>Partial sums that wait on the stack before the block.</summary>
        public int WaitingBefore;

        /// <summary>Slot in which the block's last chain or sum waits for the next block.</summary>
        public int WaitingAfter;

        /// <summary>Whether the block's last sum is the gradient.</summary>
        public bool Last;
    }
}
