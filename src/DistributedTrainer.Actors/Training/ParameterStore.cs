using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// A node's copy of the parameter vector at the newest version it has met and one before, or two: gradients of a version that a range's
/// backup may have to go on from can then still be computed. A version's buffer is filled by the node's own servers and by the data
/// plane's threads, range by range, while the version before is read; whoever reads or sends from a buffer holds it, so that it stays as
/// it is until the last one is done. Safe from any thread.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly Lock _gate = new();

    /// <summary>The newest first; null where a version was never met.</summary>
    private readonly TensorBuffer?[] _versions;
    private long _version;
    private bool _isDisposed;

    /// <summary>All zeros, at the version that the run begins from.</summary>
    /// <param name="length">Parameters.</param>
    /// <param name="versions">How many are kept: 2, or 3 where ranges have backups.</param>
    /// <param name="version">The first one.</param>
    public ParameterStore(int length, int versions = 2, long version = 0)
    {
        Length = length;
        _version = version;
        _versions = new TensorBuffer?[versions];
        _versions[0] = _pool.Rent(length);
        Initial.Clear();
    }

    public int Length { get; }

    /// <summary>A store of the same first version, in which alone it stays as it is: here it becomes bfloat16.</summary>
    public unsafe ParameterStore Split()
    {
        var copy = new ParameterStore(Length, _versions.Length, _version);
        Initial.CopyTo(copy.Initial);
        Bfloat16.Round(_versions[0]!.Pointer, _versions[0]!.Pointer, Length);
        return copy;
    }

    /// <summary>The first version, to be filled before training begins.</summary>
    public Span<float> Initial => _versions[0]!.Floats[..Length];

    /// <summary>The buffer of a version, for writing or reading; the caller releases it. A version newer than any takes a new buffer.</summary>
    /// <exception cref="InvalidOperationException">The version is older than those that are kept: a defect.</exception>
    public TensorBuffer Hold(long version) => TryHold(version)
        ?? throw new InvalidOperationException($"Version {version} of the parameters was asked for; {_version} is the newest.");

    /// <summary>The same; null where the version is older than those that are kept.</summary>
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
            foreach (var version in _versions)
                version?.Release();
        }
    }

    private TensorBuffer? Find(long version)
    {
        var age = _version - version;
        return _isDisposed || age < 0 || age >= _versions.Length ? null : _versions[age];
    }

    private void Advance(long version)
    {
        for (; _version < version; _version++)
        {
            _versions[^1]?.Release();
            Array.Copy(_versions, 0, _versions, 1, _versions.Length - 1);
            _versions[0] = null;
            if (version - _version > _versions.Length && Array.TrueForAll(_versions, kept => kept is null))
                _version = version - 1;
        }

        _versions[0] = _pool.Rent(Length);
    }
}
