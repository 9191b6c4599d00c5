using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// A partial gradient sum that a server holds: a piece's floats in a buffer that others may hold too. Each addition waits until the next
/// one, so that the last of all can be done together with the update, block by block.
/// </summary>
internal sealed unsafe class HeldPartial
{
    private TensorBuffer _buffer = null!;
    private float* _pointer;
    private int _length;
    private HeldPartial? _addend;

    public StepSums Sums { get; private set; }

    /// <summary>The lowest shard whose loss is not finite; −1 for none.</summary>
    public int BadShard { get; private set; }

    public float* Pointer => _pointer;

    /// <summary>The sum, once its last addition has been done; the caller releases it.</summary>
    public TensorSlice HeldSlice() => new(_buffer.Retain(), (int)(_pointer - _buffer.Pointer), _length);

    /// <summary>The right half of a sum whose left half this is; null where the sum is complete.</summary>
    public float* Addend => _addend is null ? null : _addend._pointer;

    /// <summary>Rows of the right half.</summary>
    public long AddendRows => _addend?.Sums.Samples ?? 0;

    public void Take(TensorSlice slice, in FrameHeader header)
    {
        _buffer = slice.Buffer!;
        _pointer = _buffer.Pointer + slice.Offset;
        (_length, Sums, BadShard) = (slice.Length, header.Sums, header.BadShard);
    }

    /// <summary>this += right, soon.</summary>
    /// <param name="right">Its sibling.</param>
    /// <param name="layout">The whole vector's layout.</param>
    /// <param name="begin">The piece's first element in it.</param>
    /// <param name="free">Where holders that are done go.</param>
    public void Add(HeldPartial right, ParameterLayout layout, int begin, Stack<HeldPartial> free)
    {
        Settle(layout, begin, free);
        right.Settle(layout, begin, free);
        _addend = right;
        Sums += right.Sums;
        BadShard = Lowest(BadShard, right.BadShard);
    }

    /// <summary>The same at once, and rounded to bfloat16.</summary>
    /// <inheritdoc cref="Add" path="/param"/>
    public void AddRounded(HeldPartial right, ParameterLayout layout, int begin, Stack<HeldPartial> free)
    {
        Add(right, layout, begin, free);
        Settle(layout, begin, free);
        Bfloat16.Round(_pointer, _pointer, _length);
    }

    /// <summary>Gives the buffers back, and itself for reuse.</summary>
    public void Release(Stack<HeldPartial> free)
    {
        _addend?.Release(free);
        _addend = null;
        _buffer.Release();
        free.Push(this);
    }

    public static int Lowest(int left, int right) => left < 0 ? right : right < 0 ? left : Math.Min(left, right);

    /// <summary>Does the addition that waits, if one does.</summary>
    public void Settle(ParameterLayout layout, int begin, Stack<HeldPartial> free)
    {
        if (_addend is null)
            return;
        layout.AddGradients(begin, _length, _pointer, Sums.Samples - AddendRows, _addend._pointer, AddendRows);
        _addend.Release(free);
        _addend = null;
    }
}
