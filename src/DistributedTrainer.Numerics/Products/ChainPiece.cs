namespace DistributedTrainer.Numerics;

/// <summary>
/// The part of one segment's chain that lies in one block of rows, and what becomes of it: each tile keeps a stack of
/// partial sums, and the chain stands, or will stand, in slot <see cref="Slot"/> of it.
/// </summary>
/// <param name="Rows">Rows of the part.</param>
/// <param name="Slot">Slot of the chain, counted from the bottom of the stack.</param>
/// <param name="Carry">Whether the chain began in an earlier block and goes on from its slot.</param>
/// <param name="Merges">Finished tiles below the slot that are added; the sum stands that many slots lower.</param>
/// <param name="Last">Whether the sum is the gradient itself.</param>
internal readonly record struct ChainPiece(int Rows, int Slot, bool Carry, int Merges, bool Last)
{
    /// <summary>Slot of the result.</summary>
    public int Target => Slot - Merges;

    /// <summary>
    /// Cuts segments at every <paramref name="blockRows"/> rows, writes the pieces in order and returns how many there are:
    /// at most <see cref="MaximumCount"/>.
    /// </summary>
    /// <param name="slots">Slots that the stack needs.</param>
    public static int Cut(ReadOnlySpan<Segment> segments, int blockRows, Span<ChainPiece> pieces, out int slots)
    {
        var count = 0;
        var depth = 0;
        var room = blockRows;
        slots = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            var carry = false;
            for (var left = segments[i].Rows; left > 0;)
            {
                if (room == 0)
                    room = blockRows;
                var rows = Math.Min(room, left);
                room -= rows;
                left -= rows;
                var merges = left == 0 ? segments[i].Merges : 0;
                pieces[count++] = new ChainPiece(rows, depth, carry, merges, left == 0 && i == segments.Length - 1);
                carry = true;
            }

            depth += 1 - segments[i].Merges;
            slots = Math.Max(slots, depth + segments[i].Merges);
        }

        return count;
    }

    public static int MaximumCount(int segments, int rows, int blockRows) => segments + rows / blockRows + 1;
}
