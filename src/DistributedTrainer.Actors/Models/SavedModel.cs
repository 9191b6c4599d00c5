using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>A model read back from its folder.</summary>
/// <param name="parameters">Layout.Length floats; disposed with this.</param>
public sealed unsafe class SavedModel(ModelDescription description, Job job, Network network, FloatBuffer parameters) : IDisposable
{
    public ModelDescription Description { get; } = description;

    public Job Job { get; } = job;

    public Network Network { get; } = network;

    /// <summary>Dense and convolution layers in int8 (see <see cref="QuantizedWeights"/>), made on first use.</summary>
    /// <exception cref="ModelException">The model has no such layer.</exception>
    public QuantizedWeights Quantized => field ??= QuantizedWeights.Of(Network, parameters.Span);

    /// <summary>A file holds the servers' float32 parameters; passes read what training's passes read.</summary>
    internal static void Round(Job job, FloatBuffer parameters)
    {
        if (job.Precision == Precision.Bfloat16)
            Bfloat16.Round(parameters.Pointer, parameters.Pointer, parameters.Length);
    }

    /// <summary>Predicts rows in order, a chunk at a time.</summary>
    /// <param name="chunk">Gets the first row's number, the number of rows and their outputs (rows, OutputLength), valid during the call.</param>
    /// <param name="quantized">Whether to predict with <see cref="Quantized"/>.</param>
    public void Predict(Examples rows, Action<int, int, ReadOnlyMemory<float>> chunk, bool quantized = false)
    {
        using var pass = Network.CreatePass(Network.RowsAtOnce, quantized ? Quantized : null);
        var outputs = new float[Network.RowsAtOnce * Network.OutputLength];
        ForEachChunk(rows, (first, indexes) =>
        {
            rows.Read(indexes, pass.Inputs, null);
            var length = indexes.Length * Network.OutputLength;
            new ReadOnlySpan<float>(pass.Predict(parameters.Pointer, indexes.Length), length).CopyTo(outputs);
            chunk(first, indexes.Length, outputs.AsMemory(0, length));
        });
    }

    /// <summary>The outputs (rows, OutputLength) of what stands in the pass's inputs, valid until its next use.</summary>
    internal float* Forward(NetworkPass pass, int rows) => pass.Predict(parameters.Pointer, rows);

    /// <summary>
    /// Loss and metrics on labelled rows, summed from the first row to the last. A run's own figures are summed along its reduction tree, so
    /// their last digits may be others: see <see cref="ScoreOwnParts"/>.
    /// </summary>
    /// <param name="quantized">Whether to measure <see cref="Quantized"/>.</param>
    public Evaluation Evaluate(Examples rows, bool quantized = false)
    {
        var metrics = new MetricSet(Job.ResolveMetrics(), Job.Loss, Network.OutputLength, Network.Positions);
        var sums = new double[metrics.SumCount];
        using var pass = Network.CreatePass(Network.RowsAtOnce, quantized ? Quantized : null);
        ForEachChunk(rows, (_, indexes) =>
        {
            rows.Read(indexes, pass.Inputs, pass.Targets);
            pass.Evaluate(parameters.Pointer, indexes.Length, metrics, sums);
        });
        return metrics.Finish(sums);
    }

    /// <summary>Loads the data that the model was trained with, and scores validation and test exactly as the run did.</summary>
    /// <exception cref="DataException">The data are missing or changed their form.</exception>
    public IReadOnlyList<(string Part, int Rows, Evaluation Score)> ScoreOwnParts(bool quantized = false)
    {
        var weights = quantized ? Quantized : null;
        using var opened = OpenedJob.Open(Description.Name, Description.Job, servers: 1);
        List<(string, int, Evaluation)> scores = [];
        if (opened.Data.Validation is { } validation)
            scores.Add(("validation", validation.Count, Scorer.Whole(opened, validation, parameters.Pointer, quantized: weights)));
        if (opened.Data.Test is { } test)
            scores.Add(("test", test.Count, Scorer.Whole(opened, test, parameters.Pointer, quantized: weights)));
        return scores;
    }

    public void Dispose() => parameters.Dispose();

    private void ForEachChunk(Examples rows, Action<int, int[]> take)
    {
        for (var first = 0; first < rows.Count; first += Network.RowsAtOnce)
            take(first, [.. Enumerable.Range(first, Math.Min(Network.RowsAtOnce, rows.Count - first))]);
    }
}
