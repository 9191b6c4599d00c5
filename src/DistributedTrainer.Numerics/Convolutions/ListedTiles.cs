namespace DistributedTrainer.Numerics;

/// <summary>Tiles of taps in their order: one vector of filters wide where all filters fit that, else two.</summary>
internal readonly unsafe struct ListedTiles<TVector> : IFilterTiles
    where TVector : struct, IVector<TVector>
{
    private readonly ConvolutionShape _shape;
    private readonly int* _offsets;
    private readonly int _skip;
    private readonly int _panels;
    private readonly int _tiles;

    /// <param name="shape">Sizes.</param>
    /// <param name="planes">Of the input; ones for the bias follow them.</param>
    /// <param name="hasBias">Whether the bias's chains are needed.</param>
    /// <param name="offsets">Memory for <see cref="Offsets"/> integers, which the tiles keep.</param>
    public ListedTiles(in ConvolutionShape shape, in TapPlanes planes, bool hasBias, int* offsets)
    {
        _offsets = offsets;
        (_shape, _skip) = (shape, planes.Pitch - shape.OutputWidth);
        _panels = (shape.Filters + PackedWidthOf(shape) - 1) / PackedWidthOf(shape);
        _tiles = TilesOf(shape, hasBias);
        planes.Offsets(offsets);

        // The bias, and as many more as fill the last tile, whose sums nobody reads.
        for (var tap = shape.Taps; tap < _tiles * TileTaps(shape); tap++)
            offsets[tap] = planes.Length;
    }

    public int Length => _panels * _tiles * TileLength;

    public int PackedWidth => _panels * PackedWidthOf(_shape);

    private int TileLength => TileTaps(_shape) * PackedWidthOf(_shape);

    /// <summary>Integers that the offsets of a shape take.</summary>
    public static int Offsets(in ConvolutionShape shape, bool hasBias) => TilesOf(shape, hasBias) * TileTaps(shape);

    public void Pack(float* gradient, float* packed)
    {
        var pixels = _shape.OutputHeight * _shape.OutputWidth;
        if (IsNarrow(_shape))
            Interleaving<TVector>.Gather(_shape.Filters, pixels, gradient, packed);
        else
            RightPacking<TVector>.PackColumns(pixels, _shape.Filters, gradient, pixels, packed);
    }

    public void Run(float* image, float* packed, float* sums)
    {
        var (height, width) = (_shape.OutputHeight, _shape.OutputWidth);
        for (var panel = 0; panel < _panels; panel++)
        {
            var gradient = packed + (long)panel * PackedWidthOf(_shape) * height * width;
            for (var tile = 0; tile < _tiles; tile++, sums += TileLength)
            {
                var offsets = _offsets + tile * TileTaps(_shape);
                if (IsNarrow(_shape))
                    NarrowTapTile<TVector>.Run(height, width, _skip, image, offsets, gradient, sums);
                else
                    TapTile<TVector>.Run(height, width, _skip, image, offsets, gradient, sums);
            }
        }
    }

    public int Place(int filter, int tap)
    {
        var width = PackedWidthOf(_shape);
        return filter / width * _tiles * TileLength + tap * width + filter % width;
    }

    private static bool IsNarrow(in ConvolutionShape shape) => TVector.Count is 8 or 16 && shape.Filters <= TVector.Count;

    private static int PackedWidthOf(in ConvolutionShape shape) => IsNarrow(shape) ? TVector.Count : RegisterTile<TVector>.Columns;

    private static int TileTaps(in ConvolutionShape shape) => IsNarrow(shape) ? NarrowTapTile<TVector>.Taps : TapTile<TVector>.Taps;

    private static int TilesOf(in ConvolutionShape shape, bool hasBias) =>
        (shape.Taps + (hasBias ? 1 : 0) + TileTaps(shape) - 1) / TileTaps(shape);
}
