using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>Writes the finished model and scores it on the test part. Takes long: runs outside actors.</summary>
internal static unsafe class ModelSaver
{
    /// <summary>A table of more classes is none that anybody reads.</summary>
    private const int MostClasses = 40;

    public static ModelSaved Save(OpenedJob job, ModelCollector collector)
    {
        var parameters = collector.Parameters;
        if (!IsFinite(parameters.Span))
            return new ModelSaved(job.Id, "", "", false, 0, [], [], $"the weights are not finite after step {collector.Order.Version}; try a smaller learning rate");
        var saved = parameters.Span[..job.Network.Layout.SavedLength];
        var hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(saved)));
        var folder = collector.Order.ModelFolder ?? Path.Combine(Path.GetTempPath(), $"dtrain-{job.Id}");
        Directory.CreateDirectory(folder);
        ModelFolder.Write(folder, job.Job, job.Network, job.Data, saved, hash);
        var (labelled, right) = job.Network.Layout.PseudoLabels is { } labels ? Count(job, labels, collector) : ([], -1);
        SavedModel.Round(job.Job, parameters);
        var confusion = job.Data.Classes.Count is >= 2 and <= MostClasses && job.Job.Loss.Target != TargetKind.Values ? new ConfusionMatrix(job.Data.Classes.Count) : null;
        var test = job.Data.Test is { } part ? Scorer.Whole(job, part, parameters.Pointer, confusion) : null;
        // Without a test part the validation part shows how classes are taken for one another.
        if (test is null && confusion is not null && job.Data.Validation is { } validation)
            Scorer.Whole(job, validation, parameters.Pointer, confusion);
        return new ModelSaved(
            job.Id,
            hash,
            folder,
            test is not null,
            test?.Loss ?? 0,
            [.. test?.Metrics.Select(metric => metric.Key) ?? []],
            [.. test?.Metrics.Select(metric => metric.Value) ?? []],
            "")
        {
            Classes = confusion is { Total: > 0 } ? [.. job.Data.Classes] : [],
            ClassCounts = confusion is { Total: > 0 } ? Counts(confusion) : [],
            UnlabelledRows = job.Network.Layout.PseudoLabels?.Rows ?? 0,
            RowsLabelled = labelled,
            RightLabels = right,
        };
    }

    private static long[] Counts(ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.ClassCount);
        return [.. classes.SelectMany(actual => classes.Select(predicted => confusion[actual, predicted]))];
    }

    /// <summary>How many rows each round up to the saved version labelled, and how many labels of the last are right: −1 where nobody knows.</summary>
    private static (long[] Labelled, long Right) Count(OpenedJob job, PseudoLabels labels, ModelCollector collector)
    {
        var (parameters, unlabelled) = (collector.Parameters, job.Data.Unlabelled!);
        var rounds = (int)Math.Min(labels.Rounds, Math.Max(0, collector.Order.Version - 1) / labels.Every);
        long[] labelled = [.. Enumerable.Range(0, rounds).Select(round => (long)labels.Labelled(parameters.Span, round))];
        if (!unlabelled.HasTargets)
            return (labelled, -1);
        using var input = new FloatBuffer(job.Network.InputLength);
        var right = 0L;
        for (var row = 0; row < labels.Rows; row++)
        {
            float target;
            unlabelled.Read([row], input.Pointer, &target);
            right += labels.ClassOf(parameters.Pointer, row) == (int)target ? 1 : 0;
        }

        return (labelled, right);
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }
}
