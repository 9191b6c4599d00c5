namespace DistributedTrainer.Numerics;

/// <summary>
/// A seeded permutation of 0 to n − 1 as a function: any node asks for any position in constant time, and no array is kept or
/// sent. A Feistel network over a grid of at least n cells; an index that leaves [0, n) is sent through again until it is back
/// ("cycle walking"), which keeps the map one-to-one. J. Black, P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002.
/// </summary>
public sealed class Permutation
{
    // Tests of pairs of positions find no structure after 8 rounds in grids of a few hundred cells and up; in tiny ones it
    // takes 24 until all orders are equally likely.
    private const int RoundsOfSmallGrid = 24;
    private const int Rounds = 8;
    private const int SmallLength = 1024;

    private readonly ulong[] _roundKeys;
    private readonly uint _rows;
    private readonly uint _columns;

    /// <summary>
    /// The permutation of <paramref name="length"/> positions for one stream (an epoch, or 0) of one purpose. No other random
    /// numbers should be drawn for that purpose: the round keys are the words of row 0, step 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public Permutation(ulong seed, RandomPurpose purpose, uint stream, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;

        // The grid rows × columns is about square and has fewer than √n + 2 cells too many: walks are rare. Columns are even in
        // number, since turning an odd number of cells is an even permutation, and half of all orders could not come out.
        _columns = (CeilingOfRoot((uint)length) + 1) & ~1u;
        _rows = ((uint)length + _columns - 1) / _columns;

        var rounds = length < SmallLength ? RoundsOfSmallGrid : Rounds;
        Span<uint> words = stackalloc uint[2 * rounds];
        new Philox(seed, purpose).Fill(words, stream, row: 0, step: 0);
        _roundKeys = new ulong[rounds];
        for (var round = 0; round < rounds; round++)
            _roundKeys[round] = ((ulong)words[2 * round] << 32) | words[(2 * round) + 1];
    }

    /// <summary>The number of positions, n.</summary>
    public int Length { get; }

    /// <summary>What stands at a position in [0, n): each of 0 to n − 1 at exactly one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not in [0, n).</exception>
    public int At(int index)
    {
        if ((uint)index >= (uint)Length)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The permutation has {Length} positions, 0 to {Length - 1}.");
        var cell = (uint)index;
        do
            cell = Encrypt(cell);
        while (cell >= (uint)Length);
        return (int)cell;
    }

    /// <summary>One pass over the grid: the row is moved by a function of the column, then the column by one of the row, and so on.</summary>
    private uint Encrypt(uint cell)
    {
        var row = cell / _columns;
        var column = cell - (row * _columns);
        for (var round = 0; round < _roundKeys.Length; round += 2)
        {
            row = Move(row, _rows, column, _roundKeys[round]);
            column = Move(column, _columns, row, _roundKeys[round + 1]);
        }

        return (row * _columns) + column;
    }

    /// <summary>(place + F(other)) mod size, F a keyed hash scaled to [0, size).</summary>
    private static uint Move(uint place, uint size, uint other, ulong key)
    {
        var hash = SplitMix.Mix(key + (other * SplitMix.GoldenGamma));
        var moved = place + (uint)(((hash >> 32) * size) >> 32);
        return moved >= size ? moved - size : moved;
    }

    private static uint CeilingOfRoot(uint n)
    {
        // Exact: double's square root is correctly rounded, and n is far below 2⁵².
        var root = (uint)Math.Sqrt(n);
        return root * root < n ? root + 1 : root;
    }
}
