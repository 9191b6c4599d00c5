using System.Runtime.InteropServices;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// What an epoch ended with, as raw sums: from these every node makes the same report and the same decision. As a frame's payload they
/// are doubles: loss, denominator, samples, penalty, then the evaluation's sums.
/// </summary>
/// <param name="Evaluation">Null where the job has no validation part.</param>
internal sealed record EpochFigures(long Version, bool IsFinal, int Stamped, StepSums Sums, double Penalty, double[]? Evaluation)
{
    private const int Fixed = 4;

    public static bool Fits(OpenedJob job, int floats) => floats == 2 * (Fixed + (job.Data.Validation is null ? 0 : job.Metrics.SumCount));

    public static EpochFigures Read(OpenedJob job, in FrameHeader header, TensorSlice payload)
    {
        var values = MemoryMarshal.Cast<byte, double>(payload.Bytes);
        return new EpochFigures(
            header.Step, job.Plan.TotalSteps == header.Step || header.Parts == 1, header.Assignment, new StepSums(values[0], values[1], (long)values[2]), values[3],
            job.Data.Validation is null ? null : values[Fixed..].ToArray());
    }

    public double[] Values => [Sums.Loss, Sums.Denominator, Sums.Samples, Penalty, .. Evaluation ?? []];

    public Evaluation? Score(OpenedJob job) => Evaluation is null ? null : job.Metrics.Finish(Evaluation);

    /// <summary>For the coordinator.</summary>
    public EpochReport Report(OpenedJob job, string node)
    {
        var score = Score(job);
        return new EpochReport(
            job.Id,
            node,
            job.Plan.EpochOf(Version),
            Version,
            Sums.Loss / Sums.Denominator,
            Sums.Samples,
            Penalty,
            score is not null,
            score?.Loss ?? 0,
            [.. score?.Metrics.Select(metric => metric.Key) ?? []],
            [.. score?.Metrics.Select(metric => metric.Value) ?? []],
            IsFinal,
            Stamped);
    }

    /// <summary>The decision, from what the last one left; null where the score is not finite, which ends the run.</summary>
    public EpochDecisionKnown? Decide(OpenedJob job, ConvergenceState before)
    {
        var score = Score(job);
        if (score is not null && !double.IsFinite(score.Loss))
            return null;
        var result = new EpochResult(job.Plan.EpochOf(Version), Version, Sums.Loss / Sums.Denominator, score, IsFinal);
        var (state, decision) = Convergence.Decide(job.Job.Stop, before, result, job.Job.Schedule as ReduceOnPlateau);
        return new EpochDecisionKnown(Version, decision.Stop, decision.KeepBest, state);
    }
}
