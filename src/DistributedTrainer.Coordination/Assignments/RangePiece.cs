using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>
/// A part of a server range that is pushed, summed, updated and published by itself, so that a large range's sums begin while the rest
/// of it is still on its way. Fixed by the layout, like the ranges.
/// </summary>
/// <param name="Range">The range's index.</param>
/// <param name="Index">Counted within the range, from 0.</param>
/// <param name="Begin">First element, in the whole parameter vector.</param>
/// <param name="Length">Number of elements.</param>
public readonly record struct RangePiece(int Range, int Index, int Begin, int Length)
{
    /// <summary>Elements of a piece: 1 MiB of floats, which stays in a second-level cache while it is summed and updated.</summary>
    public const int MaxLength = 64 * ParameterLayout.BlockLength;

    /// <summary>The pieces of all ranges, in the order of the vector.</summary>
    /// <param name="ranges">All ranges.</param>
    /// <param name="statistics">Running statistics at the end of the last range: they are never cut.</param>
    public static IReadOnlyList<RangePiece> Cut(IReadOnlyList<ServerRange> ranges, int statistics = 0)
    {
        var pieces = new List<RangePiece>();
        foreach (var range in ranges)
        {
            var length = range.Length - (range.Index == ranges.Count - 1 ? statistics : 0);
            for (var done = 0; done < length; done += MaxLength)
                pieces.Add(new RangePiece(range.Index, done / MaxLength, range.Begin + done, Math.Min(MaxLength, length - done)));
        }

        pieces[^1] = pieces[^1] with { Length = pieces[^1].Length + statistics };

        return pieces;
    }
}
