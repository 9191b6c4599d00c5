namespace DistributedTrainer.Actors;

/// <summary>
/// The moving average of the weights at the newest version that was evaluated, as its pieces arrive on a node. Where the job has none,
/// nothing ever does.
/// </summary>
internal sealed class ArrivedAverages(OpenedJob job, BufferPool pool) : IDisposable
{
    private readonly bool[] _has = new bool[job.Pieces.Length];
    private TensorBuffer? _buffer;
    private long _version = -1;

    /// <summary>Takes a piece; the caller releases the frame.</summary>
    public void Take(FrameArrived frame)
    {
        var header = frame.Header;
        var piece = job.PieceOf(header, frame.Payload.Length);
        if (header.Step < _version || (header.Step == _version && _has[piece]))
            return;
        if (header.Step > _version)
        {
            // Whoever scores the last one holds its buffer.
            _buffer?.Release();
            (_buffer, _version) = (pool.Rent(job.Network.Layout.Length), header.Step);
            Array.Clear(_has);
        }

        frame.Payload.Floats.CopyTo(_buffer!.Floats.Slice(job.Pieces[piece].Begin, frame.Payload.Length));
        _has[piece] = true;
    }

    /// <summary>Whether a version can be scored.</summary>
    public bool HaveAll(long version) => !job.ScoresAverage || (version == _version && !_has.AsSpan().Contains(false));

    /// <summary>For one who will score; releases it then. Null where the version itself is scored.</summary>
    public TensorBuffer? Hold() => job.ScoresAverage ? _buffer!.Retain() : null;

    public void Dispose() => _buffer?.Release();
}
