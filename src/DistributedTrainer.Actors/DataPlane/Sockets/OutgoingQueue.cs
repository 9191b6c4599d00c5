namespace DistributedTrainer.Actors;

/// <summary>
/// Frames in the order in which they were sent. A newer version takes the place of older ones that still wait, so that a node that does
/// not read costs one version's bytes and not all that it missed. Not safe from several threads.
/// </summary>
internal sealed class OutgoingQueue(TransportCounters counters)
{
    private OutgoingFrame[] _frames = new OutgoingFrame[16];
    private int _begin;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Takes over a hold on the payload's buffer.</summary>
    public void Add(in OutgoingFrame frame)
    {
        if (frame.Header.Kind == FrameKind.Publish)
            DropOlder(frame);
        if (Count == _frames.Length)
            Grow();
        At(Count++) = frame;
        Bytes += frame.Bytes;
        counters.Queued(frame.Bytes);
    }

    /// <summary>The first frame, whose hold passes to the caller.</summary>
    public OutgoingFrame Take()
    {
        var frame = At(0);
        At(0) = default; // the array must not keep a buffer alive
        _begin = (_begin + 1) % _frames.Length;
        Forget(frame);
        return frame;
    }

    public void Clear()
    {
        while (Count > 0)
            Take().Payload.Release();
    }

    private ref OutgoingFrame At(int index) => ref _frames[(_begin + index) % _frames.Length];

    /// <summary>At most one waits for each piece, because each addition comes through here.</summary>
    private void DropOlder(in OutgoingFrame newer)
    {
        for (var index = 0; index < Count; index++)
        {
            if (!newer.Replaces(At(index)))
                continue;
            var dropped = At(index);
            for (var next = index; next + 1 < Count; next++)
                At(next) = At(next + 1);
            At(Count - 1) = default;
            Forget(dropped);
            dropped.Payload.Release();
            return;
        }
    }

    private void Forget(in OutgoingFrame frame)
    {
        Count--;
        Bytes -= frame.Bytes;
        counters.Queued(-frame.Bytes);
    }

    private void Grow()
    {
        var larger = new OutgoingFrame[_frames.Length * 2];
        for (var index = 0; index < Count; index++)
            larger[index] = At(index);
        (_frames, _begin) = (larger, 0);
    }
}
