using System.Security.Cryptography;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

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
        var hash = Convert.ToHexStringLower(SHA256.HashData(parameters.Bytes));
        var folder = collector.Order.ModelFolder ?? Path.Combine(Path.GetTempPath(), $"dtrain-{job.Id}");
        Directory.CreateDirectory(folder);
        ModelFolder.Write(folder, job.Job, job.Network, job.Data, parameters.Span, hash);
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
        };
    }

    private static long[] Counts(ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.ClassCount);
        return [.. classes.SelectMany(actual => classes.Select(predicted => confusion[actual, predicted]))];
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
