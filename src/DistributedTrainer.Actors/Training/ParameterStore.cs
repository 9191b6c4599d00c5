using DistributedTrainer.Coordination;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// A node's copy of the parameter vector at two versions: even ones in one buffer, odd ones in the other. A server writes version
/// t + 1 of its range while version t is still read. A buffer is free for version t + 1 once every node with shards has pushed
/// step t, because those nodes were then done with version t − 1.
/// </summary>
public sealed unsafe class ParameterStore(int length) : IDisposable
{
    private readonly FloatBuffer _even = new(length);
    private readonly FloatBuffer _odd = new(length);

    public int Length => length;

    /// <summary>The whole vector at a version, Length floats.</summary>
    public float* Version(long version) => (version % 2 == 0 ? _even : _odd).Pointer;

    public float* Range(long version, ServerRange range) => Version(version) + range.Begin;

    public ReadOnlySpan<byte> RangeBytes(long version, ServerRange range) => new(Range(version, range), range.Length * sizeof(float));

    public Span<float> Whole(long version) => new(Version(version), length);

    public void Dispose()
    {
        _even.Dispose();
        _odd.Dispose();
    }
}
