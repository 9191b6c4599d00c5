namespace DistributedTrainer.Learning;

/// <summary>
/// The penalty's value, l1·Σ|w| + l2/2·Σw² over weights, in double: over blocks of <see cref="ParameterLayout.BlockLength"/>
/// parameters, which servers sum for their ranges, then over all blocks along the fixed tree. So no cut into ranges changes it.
/// </summary>
public static unsafe class Penalty
{
    private const int Lanes = 8;

    /// <summary>The sums of a range's blocks.</summary>
    /// <param name="penalty">L1 and L2.</param>
    /// <param name="layout">The whole vector's layout.</param>
    /// <param name="parameters">The range's first element.</param>
    /// <param name="begin">Its index in the vector: a block's border.</param>
    /// <param name="length">Elements of the range; it ends on a block's border or with the vector.</param>
    /// <param name="sums">Receives one double a block of the range.</param>
    /// <exception cref="ArgumentException">The range does not begin and end on borders, or <paramref name="sums"/> has another length.</exception>
    public static void BlockSums(
        PenaltySpec penalty, ParameterLayout layout, float* parameters, int begin, int length, Span<double> sums)
    {
        const int block = ParameterLayout.BlockLength;
        var end = begin + length;
        if (begin % block != 0 || (end % block != 0 && end != layout.Length))
            throw new ArgumentException($"The range {begin}..{end} does not lie on borders of {block} parameters.");
        if (sums.Length != (length + block - 1) / block)
            throw new ArgumentException($"{sums.Length} sums given for a range of {length} parameters in blocks of {block}.");
        for (var i = 0; i < sums.Length; i++)
        {
            var from = begin + i * block;
            sums[i] = penalty.IsNone ? 0 : BlockSum(penalty, layout, parameters - begin, from, Math.Min(from + block, end));
        }
    }

    /// <summary>The sum over all blocks of the layout along the tree (0,1),(2,3)…, an odd last entry moving up.</summary>
    public static double Fold(ReadOnlySpan<double> blockSums)
    {
        if (blockSums.Length < 2)
            return blockSums.IsEmpty ? 0 : blockSums[0];

        // Level by level, the left subtree ends up with the largest power of two of entries below the count.
        var left = 1 << System.Numerics.BitOperations.Log2((uint)(blockSums.Length - 1));
        return Fold(blockSums[..left]) + Fold(blockSums[left..]);
    }

    /// <summary>The whole penalty of a vector held in one place.</summary>
    public static double Value(PenaltySpec penalty, ParameterLayout layout, float* parameters)
    {
        var sums = new double[layout.Blocks];
        BlockSums(penalty, layout, parameters, 0, layout.Length, sums);
        return Fold(sums);
    }

    private static double BlockSum(PenaltySpec penalty, ParameterLayout layout, float* vector, int from, int to)
    {
        // Element i of the vector goes to lane i mod 8: eight independent chains, whatever parameters share the block.
        var absolute = stackalloc double[Lanes];
        var square = stackalloc double[Lanes];
        new Span<double>(absolute, Lanes).Clear();
        new Span<double>(square, Lanes).Clear();
        foreach (var parameter in layout.Parameters)
        {
            if (!parameter.IsWeight)
                continue;
            var last = Math.Min(to, parameter.Offset + parameter.Length);
            for (var i = Math.Max(from, parameter.Offset); i < last; i++)
            {
                double weight = vector[i];
                absolute[i % Lanes] += Math.Abs(weight);
                square[i % Lanes] += weight * weight;
            }
        }

        return penalty.L1 * Sum(absolute) + penalty.L2 / 2 * Sum(square);
    }

    private static double Sum(double* lanes) =>
        lanes[0] + lanes[4] + (lanes[2] + lanes[6]) + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]));
}
