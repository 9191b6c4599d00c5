using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>What is known of a run from its events so far.</summary>
/// <param name="JobId">The job's id.</param>
/// <param name="Job">The job as run.</param>
/// <param name="Nodes">How many were asked for.</param>
/// <param name="Replicas">Backups of each range.</param>
/// <param name="Threads">A node's compute threads.</param>
internal sealed record RunRecord(string JobId, Job Job, int Nodes, int Replicas, int Threads)
{
    /// <summary>Steps that an earlier run in the same report folder is known to have committed; 0 for none.</summary>
    public long EarlierSteps { get; init; }

    public JobStarted? Started { get; init; }

    public StepProgress? Progress { get; init; }

    /// <summary>The last epoch that closed.</summary>
    public HistoryRow? Epoch { get; init; }

    public IReadOnlyList<RunEvent> Changes { get; init; } = [];

    public JobResult? Result { get; init; }

    /// <summary>The step that is known to be committed.</summary>
    public long Step => Math.Max(Progress?.Step ?? 0, Epoch?.Step ?? 0);

    /// <summary>The record after an event. Events repeat when a coordinator moves; a repeated one changes nothing.</summary>
    public RunRecord With(JobEvent jobEvent) => jobEvent switch
    {
        _ when jobEvent.JobId != JobId => this,
        JobStarted started => this with { Started = Started ?? started },
        StepProgress progress when progress.Step >= Step => this with { Progress = progress },
        EpochClosed { Row: var row } when row.Epoch > (Epoch?.Epoch ?? 0) => this with { Epoch = row },
        ClusterChanged { Change: var change } when !Changes.Contains(change) => this with { Changes = [.. Changes, change] },
        JobFinished { Result: var result } => this with
        {
            Result = result with { StepsRepeated = result.StepsRepeated + Math.Max(0, EarlierSteps - (result.ResumedFrom ?? 0)) },
        },
        _ => this,
    };

    /// <summary>The result of a run whose coordinator could not give one: what was seen of it, and why it ended.</summary>
    /// <param name="state">stopped or failed.</param>
    public JobResult Unfinished(string state, string reason, int exitCode) => new(
        state, reason, exitCode, JobFile.RecipeSha256(Job), "", "", Started?.Nodes.Count ?? Nodes, Started?.Shards ?? 0, Started?.Servers ?? 0,
        Replicas, Threads, Started?.Parameters ?? 0, Epoch?.Epoch ?? 0, Step, Started is { } started ? RunMeasure.SamplesOf(Step, started.TrainRows, started.BatchSize) : 0, 0,
        Progress?.TrainLoss ?? Epoch?.TrainLoss ?? double.NaN, null, null, 0, [], Changes);
}
