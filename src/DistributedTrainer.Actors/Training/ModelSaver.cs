using System.Security.Cryptography;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Writes the finished model and scores it on the test part. Takes long: runs outside actors.</summary>
internal static unsafe class ModelSaver
{
    public static ModelSaved Save(OpenedJob job, ModelCollector collector)
    {
        var parameters = collector.Parameters;
        if (!IsFinite(parameters.Span))
            return new ModelSaved(job.Id, "", "", false, 0, [], [], $"the weights are not finite after step {collector.Order.Version}; try a smaller learning rate");
        var hash = Convert.ToHexStringLower(SHA256.HashData(parameters.Bytes));
        var folder = collector.Order.ModelFolder ?? Path.Combine(Path.GetTempPath(), $"dtrain-{job.Id}");
        Directory.CreateDirectory(folder);
        ModelFolder.Write(folder, job.Job, job.Network, job.Data, parameters.Span, hash);
        var test = job.Data.Test is { } part ? Scorer.Whole(job, part, parameters.Pointer) : null;
        return new ModelSaved(
            job.Id,
            hash,
            folder,
            test is not null,
            test?.Loss ?? 0,
            [.. test?.Metrics.Select(metric => metric.Key) ?? []],
            [.. test?.Metrics.Select(metric => metric.Value) ?? []],
            "");
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
