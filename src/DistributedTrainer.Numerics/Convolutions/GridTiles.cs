namespace DistributedTrainer.Numerics;

/// <summary>Tiles of <see cref="TapGrid"/>: either (channel, ky) or kx is the far coordinate, whichever leaves fewer chains empty.</summary>
internal readonly unsafe struct GridTiles<TLanes> : IFilterTiles
    where TLanes : struct, ITapLanes
{
    private readonly ConvolutionShape _shape;
    private readonly int* _far;
    private readonly int* _near;
    private readonly int _skip;
    private readonly bool _rowsAreFar;
    private readonly int _farGroups;
    private readonly int _nearGroups;
    private readonly bool _hasBias;

    /// <param name="shape">At most <typeparamref name="TLanes"/>'s filters; without a stride where it has several taps.</param>
    /// <param name="planes">Of the input.</param>
    /// <param name="hasBias">Whether the bias's chains are needed.</param>
    /// <param name="offsets">Memory for <see cref="Offsets"/> integers, which the tiles keep.</param>
    public GridTiles(in ConvolutionShape shape, in TapPlanes planes, bool hasBias, int* offsets)
    {
        (_shape, _hasBias, _skip) = (shape, hasBias, planes.Pitch - shape.OutputWidth);
        var (rows, columns) = Sides(shape);
        _rowsAreFar = Tiles(rows, columns) <= Tiles(columns, rows);
        var (far, near) = _rowsAreFar ? (rows, columns) : (columns, rows);
        (_farGroups, _nearGroups) = (Groups(far, TapGrid.Far), Groups(near, TapGrid.Near));
        planes.Offsets(offsets);
        _far = offsets + shape.Taps;
        _near = _far + _farGroups * TapGrid.Far;
        int rowStep = shape.KernelWidth, columnStep = TLanes.Taps;
        Spread(offsets, _far, far, _rowsAreFar ? rowStep : columnStep, _farGroups * TapGrid.Far);
        Spread(offsets, _near, near, _rowsAreFar ? columnStep : rowStep, _nearGroups * TapGrid.Near);
    }

    public int Length => _farGroups * _nearGroups * TapGrid.Length;

    public int PackedWidth => TLanes.Filters;

    /// <summary>Integers that the offsets of a shape take at most.</summary>
    public static int Offsets(in ConvolutionShape shape)
    {
        var (rows, columns) = Sides(shape);
        return shape.Taps + rows + columns + 2 * (TapGrid.Far + TapGrid.Near);
    }

    /// <summary>Chains that a pixel carries on, empty ones among them.</summary>
    public static int Chains(in ConvolutionShape shape)
    {
        var (rows, columns) = Sides(shape);
        return Math.Min(Tiles(rows, columns), Tiles(columns, rows)) * TapGrid.Far * TapGrid.Near;
    }

    public void Pack(float* gradient, float* packed)
    {
        var pixels = _shape.OutputHeight * _shape.OutputWidth;
        if (TLanes.Filters == 16)
            Interleaving<Lanes16>.Gather(_shape.Filters, pixels, gradient, packed);
        else
            Interleaving<Lanes8>.Gather(_shape.Filters, pixels, gradient, packed);
    }

    public void Run(float* image, float* packed, float* sums)
    {
        for (var far = 0; far < _farGroups; far++)
        {
            for (var near = 0; near < _nearGroups; near++, sums += TapGrid.Length)
            {
                int* farOffsets = _far + far * TapGrid.Far, nearOffsets = _near + near * TapGrid.Near;
                if (_hasBias && far + near == 0)
                    TapGrid.Run<TLanes, WithBias>(_shape.OutputHeight, _shape.OutputWidth, _skip, image, farOffsets, nearOffsets, packed, sums);
                else
                    TapGrid.Run<TLanes, WithoutBias>(_shape.OutputHeight, _shape.OutputWidth, _skip, image, farOffsets, nearOffsets, packed, sums);
            }
        }
    }

    public int Place(int filter, int tap)
    {
        if (tap == _shape.Taps)
            return TapGrid.Far * TapGrid.Near * 16 + filter * TLanes.Taps;
        var (row, kx) = (tap / _shape.KernelWidth, tap % _shape.KernelWidth);
        var column = kx / TLanes.Taps;
        var (far, near) = _rowsAreFar ? (row, column) : (column, row);
        var tile = far / TapGrid.Far * _nearGroups + near / TapGrid.Near;
        var chain = far % TapGrid.Far * TapGrid.Near + near % TapGrid.Near;
        return tile * TapGrid.Length + chain * 16 + filter * TLanes.Taps + kx % TLanes.Taps;
    }

    /// <summary>Rows (channel, ky) and columns, the chains of a row.</summary>
    private static (int Rows, int Columns) Sides(in ConvolutionShape shape) =>
        (shape.Channels * shape.KernelHeight, Groups(shape.KernelWidth, TLanes.Taps));

    private static int Tiles(int far, int near) => Groups(far, TapGrid.Far) * Groups(near, TapGrid.Near);

    private static int Groups(int count, int size) => (count + size - 1) / size;

    /// <summary>Each so many taps' offset; the chains of the last group that nobody reads take the first tap.</summary>
    private static void Spread(int* offsets, int* to, int count, int step, int room)
    {
        for (var i = 0; i < room; i++)
            to[i] = i < count ? offsets[i * step] : 0;
    }
}
