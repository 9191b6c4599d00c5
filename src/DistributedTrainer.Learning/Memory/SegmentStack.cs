using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Gradients of a slot's segments that wait for their siblings of the reduction tree.</summary>
/// <param name="length">Floats of a gradient.</param>
internal sealed unsafe class SegmentStack(int length) : IDisposable
{
    private FloatBuffer _open = new(0);

    /// <summary>Where the next segment's gradient goes, (length) floats of any content.</summary>
    public float* Top { get; private set; }

    /// <summary>Begins a slot.</summary>
    public void Begin(ReadOnlySpan<Segment> segments)
    {
        int waiting = 0, depth = 0;
        foreach (var segment in segments)
        {
            depth = Math.Max(depth, ++waiting);
            waiting -= segment.Merges;
        }

        if (_open.Length < depth * (long)length)
        {
            _open.Dispose();
            _open = new FloatBuffer(checked(depth * length));
        }

        Top = _open.Pointer;
    }

    /// <summary>The top's segment is complete: adds it to its siblings as often as the tree says.</summary>
    public void Close(Segment segment)
    {
        for (var merges = segment.Merges; merges > 0; merges--)
        {
            Top -= length;
            GradientSum.Add(Top, Top + length, length);
        }

        Top += length;
    }

    /// <summary>Copies the slot's sum.</summary>
    public void Finish(float* gradient) => new Span<float>(_open.Pointer, length).CopyTo(new(gradient, length));

    public void Dispose() => _open.Dispose();
}
