namespace DistributedTrainer.Actors;

/// <summary>
/// A node's copy of the parameter vector at the newest version it has met and the one before. A version's buffer is filled by the
/// node's own servers and by the data plane's threads, range by range, while the version before is read; whoever reads or sends from a
/// buffer holds it, so that it stays as it is until the last one is done. Safe from any thread.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly Lock _gate = new();
    private TensorBuffer _newest;
    private TensorBuffer? _before;
    private long _version;
    private bool _isDisposed;

    /// <summary>All zeros, at the version that the run begins from.</summary>
    public ParameterStore(int length, long version = 0)
    {
        Length = length;
        _version = version;
        _newest = _pool.Rent(length);
        Initial.Clear();
    }

    public int Length { get; }

    /// <summary>The first version, to be filled before training begins.</summary>
    public Span<float> Initial => _newest.Floats[..Length];

    /// <summary>The buffer of a version, for writing or reading; the caller releases it. A version newer than any takes a new buffer.</summary>
    /// <exception cref="InvalidOperationException">The version is older than the two that are kept: a defect.</exception>
    public TensorBuffer Hold(long version) => TryHold(version)
        ?? throw new InvalidOperationException($"Version {version} of the parameters was asked for; {_version} is the newest.");

    /// <summary>The same; null where the version is older than the two that are kept.</summary>
    public TensorBuffer? TryHold(long version)
    {
        lock (_gate)
        {
            if (version > _version && !_isDisposed)
                Advance(version);
            return Find(version)?.Retain();
        }
    }

    /// <summary>The same for a version that a stranger names: null where it is neither kept nor the next one.</summary>
    public TensorBuffer? HoldNext(long version)
    {
        lock (_gate)
        {
            if (version == _version + 1 && !_isDisposed)
                Advance(version);
            return Find(version)?.Retain();
        }
    }

    /// <summary>Whether the buffer is one of the store's, so that what was received into it is in its place.</summary>
    public bool Owns(TensorBuffer buffer) => buffer.IsOf(_pool);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _newest.Release();
            _before?.Release();
        }
    }

    private TensorBuffer? Find(long version) => _isDisposed ? null : version == _version ? _newest : version == _version - 1 ? _before : null;

    private void Advance(long version)
    {
        _before?.Release();
        _before = version == _version + 1 ? _newest : null;
        if (_before is null)
            _newest.Release();
        _newest = _pool.Rent(Length);
        _version = version;
    }
}
