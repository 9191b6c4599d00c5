using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The memory of a pass, planned before there is any: layers reserve blocks in the order in which they will run and say when they
/// use them; then all blocks get places in one arena, where blocks that are never needed at once share memory.
/// </summary>
internal sealed unsafe class MemoryPlan(int maxRows) : IDisposable
{
    private const int AlignmentFloats = FloatBuffer.Alignment / sizeof(float);

    private readonly List<MemoryBlock> _blocks = [];
    private FloatBuffer? _arena;
    private int _now;

    /// <summary>The most rows that a pass takes.</summary>
    public int MaxRows => maxRows;

    /// <summary>Floats of the arena; known once the places are.</summary>
    public long Length { get; private set; }

    /// <summary>The next layer, or the same one's next step: what is not used from here on may be overwritten.</summary>
    public void Next() => _now++;

    /// <summary>A block of so many floats a row, needed from now on until its last <see cref="Use"/>.</summary>
    public MemoryBlock Reserve(int lengthPerRow) => ReserveWhole((long)maxRows * lengthPerRow);

    /// <summary>A block of a size that does not depend on the rows.</summary>
    public MemoryBlock ReserveWhole(long length)
    {
        var block = new MemoryBlock(length, _now);
        _blocks.Add(block);
        return block;
    }

    /// <summary>The block is still read now.</summary>
    public void Use(MemoryBlock block) => block.To = _now;

    /// <summary>Finds a place for every block: the largest first, each at the lowest address where it meets no other in time.</summary>
    public void Place()
    {
        var placed = new List<MemoryBlock>(_blocks.Count);
        foreach (var block in _blocks.OrderByDescending(block => block.Length).ThenBy(block => block.From))
        {
            var offset = 0L;
            foreach (var other in placed.Where(block.Meets).OrderBy(other => other.Offset))
            {
                if (offset + block.Length <= other.Offset)
                    break;
                offset = Math.Max(offset, Align(other.Offset + other.Length));
            }

            block.Offset = offset;
            placed.Add(block);
            Length = Math.Max(Length, offset + block.Length);
        }
    }

    /// <summary>Reserves the arena and gives the blocks their addresses.</summary>
    /// <exception cref="ModelException">It would have 2³¹ floats or more.</exception>
    public void Allocate()
    {
        Place();
        if (Length > int.MaxValue)
            throw new ModelException($"A pass over {maxRows} rows keeps {Length} numbers; at most {int.MaxValue} fit. Take a smaller batch, or more shards on more nodes.");
        _arena = new FloatBuffer((int)Length);
        foreach (var block in _blocks)
            block.Pointer = _arena.Pointer + block.Offset;
    }

    public void Dispose() => _arena?.Dispose();

    private static long Align(long length) => (length + AlignmentFloats - 1) / AlignmentFloats * AlignmentFloats;
}
