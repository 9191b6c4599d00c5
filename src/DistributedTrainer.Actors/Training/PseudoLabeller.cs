using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// The labels that a step gives to unlabelled rows, beside its gradient: shard s of S takes rows ⌊sU/S⌋ to ⌊(s+1)U/S⌋, and what it finds goes
/// up the reduction tree in the gradient vector's last entries. One a thread.
/// </summary>
/// <param name="job">A job that labels rows.</param>
/// <param name="labels">The entries.</param>
internal sealed unsafe class PseudoLabeller(OpenedJob job, PseudoLabels labels)
{
    private readonly double _confidence = job.Job.PseudoLabels!.Confidence;

    /// <summary>By row of the shards last labelled: 1 + the class, 0 for none.</summary>
    private readonly float[] _found = new float[labels.Rows];
    private readonly int[] _rows = new int[job.Network.RowsAtOnce];

    /// <summary>Null for a job that has no unlabelled rows.</summary>
    public static PseudoLabeller? For(OpenedJob job) => job.Network.Layout.PseudoLabels is { } labels ? new PseudoLabeller(job, labels) : null;

    /// <summary>Classifies the shards' rows, if the step begins a round; else they have no label to give.</summary>
    /// <param name="work">Step and shards.</param>
    /// <param name="passFor">Room for a number of rows.</param>
    /// <param name="parameters">The step's version.</param>
    public void Label(ComputeStep work, Func<int, NetworkPass> passFor, float* parameters)
    {
        var (first, end) = RowsOf(work.First, work.End);
        Array.Clear(_found, first, end - first);
        for (; labels.RoundAt(work.Step) >= 0 && first < end; first += _rows.Length)
        {
            var rows = _rows.AsSpan(0, Math.Min(_rows.Length, end - first));
            for (var index = 0; index < rows.Length; index++)
                rows[index] = first + index;
            Classify(passFor(_rows.Length), rows, parameters);
        }
    }

    /// <summary>Writes what the shards from first to end − 1 have found into their gradient vector.</summary>
    /// <param name="gradient">Layout.Length floats.</param>
    public void Write(float* gradient, int first, int end)
    {
        var entries = new Span<float>(gradient + labels.Begin, labels.Length);
        entries.Clear();
        var (begin, stop) = RowsOf(first, end);
        _found.AsSpan(begin, stop - begin).CopyTo(entries[begin..]);
    }

    private void Classify(NetworkPass pass, ReadOnlySpan<int> rows, float* parameters)
    {
        job.Data.Unlabelled!.Read(rows, pass.Inputs, null);
        var outputs = pass.Predict(parameters, rows.Length);
        var classes = job.Network.OutputLength;
        for (var index = 0; index < rows.Length; index++)
        {
            var (found, probability) = Confidence.Of(new ReadOnlySpan<float>(outputs + (long)index * classes, classes));
            _found[rows[index]] = probability >= _confidence ? 1 + found : 0;
        }
    }

    private (int Begin, int End) RowsOf(int first, int end) =>
        (RowSlices.Start(labels.Rows, job.Plan.Shards, first), RowSlices.Start(labels.Rows, job.Plan.Shards, end));
}
