using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The gradients of one parameter that several layers use. Each use gives its own gradient; a shard's are added in the order of the
/// layers, and only then do shards meet along the tree: added later, the sum would depend on who computes which shards together.
/// </summary>
/// <param name="length">The parameter's floats.</param>
internal sealed unsafe class TiedGradient(int length) : IDisposable
{
    /// <summary>(segments, length) by use, the last layer first.</summary>
    private readonly List<FloatBuffer> _uses = [];

    /// <summary>A layer behind the parameter's own registers; returns its number.</summary>
    public int AddUse()
    {
        _uses.Add(new FloatBuffer(0));
        return _uses.Count - 1;
    }

    /// <summary>Makes room for one gradient a segment of all slots; returns the first.</summary>
    public float* Begin(int use, ReadOnlySpan<SlotWork> slots)
    {
        var segments = 0;
        foreach (ref readonly var slot in slots)
            segments += slot.Segments.Length;
        if (_uses[use].Length < segments * (long)length)
        {
            _uses[use].Dispose();
            _uses[use] = new FloatBuffer(checked(segments * length));
        }

        return _uses[use].Pointer;
    }

    /// <summary>Adds the later layers' gradients of one segment, counted over all slots, to that of the layer that owns the parameter.</summary>
    public void AddTo(float* own, int segment)
    {
        for (var use = _uses.Count - 1; use >= 0; use--)
            GradientSum.Add(own, _uses[use].Pointer + (long)segment * length, length);
    }

    public void Dispose() => _uses.ForEach(use => use.Dispose());
}
