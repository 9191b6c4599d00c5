using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>One range of the versioned state at one version, in buffers of its own: what a checkpoint holds of it.</summary>
/// <param name="Version">Committed steps.</param>
/// <param name="Parameters">range.Length floats.</param>
/// <param name="Moments">The optimizer's arrays, each of range.Length floats.</param>
/// <param name="Best">The parameters kept for early stopping, range.Length floats; null where none are.</param>
/// <param name="BestVersion">Their version; −1 for none.</param>
/// <param name="Epoch">Range 0: the epoch's sums so far.</param>
/// <param name="RunSamples">Range 0: samples of the run.</param>
internal sealed record RangeSnapshot(
    ServerRange Range, long Version, TensorSlice Parameters, IReadOnlyList<TensorSlice> Moments, TensorSlice? Best, long BestVersion, StepSums Epoch, long RunSamples)
{
    /// <summary>Copies what the next step changes in place; the version's own buffer is only held.</summary>
    /// <param name="version">The whole vector at the version.</param>
    public static RangeSnapshot Take(
        ServerRange range, long version, TensorBuffer parameters, IReadOnlyList<FloatBuffer> moments, FloatBuffer? best, long bestVersion, EpochLead? lead,
        BufferPool pool) => new(
            range,
            version,
            new TensorSlice(parameters.Retain(), range.Begin, range.Length),
            [.. moments.Select(moment => Copy(moment.Span, pool))],
            bestVersion >= 0 ? Copy(best!.Span, pool) : null,
            bestVersion,
            lead?.EpochSums ?? default,
            lead?.RunSamples ?? 0);

    /// <summary>The arrays by name, in the order of the file.</summary>
    public IEnumerable<(string Name, TensorSlice Values)> Arrays
    {
        get
        {
            yield return (CheckpointNames.Parameters, Parameters);
            for (var index = 0; index < Moments.Count; index++)
                yield return (CheckpointNames.Moment(index), Moments[index]);
            if (Best is { } best)
                yield return (CheckpointNames.Best, best);
        }
    }

    public void Release()
    {
        foreach (var (_, values) in Arrays)
            values.Release();
    }

    private static TensorSlice Copy(ReadOnlySpan<float> source, BufferPool pool)
    {
        var buffer = pool.Rent(source.Length);
        source.CopyTo(buffer.Floats);
        return new TensorSlice(buffer, 0, source.Length);
    }
}
