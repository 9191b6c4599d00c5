using DistributedTrainer.Coordination;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>Puts the ranges of the model to be saved together.</summary>
internal sealed class ModelCollector(OpenedJob job, SaveModel order) : IDisposable
{
    private readonly bool[] _has = new bool[job.Ranges.Count];

    public SaveModel Order => order;

    public FloatBuffer Parameters { get; } = new(job.Network.Layout.Length);

    public bool IsComplete => Array.TrueForAll(_has, has => has);

    /// <summary>Takes a range; the caller releases the buffer.</summary>
    public void Take(int range, TensorBuffer buffer)
    {
        var (_, begin, length) = job.Ranges[range];
        buffer.Floats[..length].CopyTo(Parameters.Span.Slice(begin, length));
        _has[range] = true;
    }

    public void Dispose() => Parameters.Dispose();
}
