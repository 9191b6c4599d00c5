namespace DistributedTrainer.Coordination;

/// <summary>
/// Which versions every server writes without being told: a pure function of the version, the same on all nodes. The versions that a
/// clock chooses are <see cref="CheckpointMarks"/>.
/// </summary>
/// <param name="every">The job's interval.</param>
/// <param name="plan">Epochs and the run's end.</param>
/// <param name="start">The version that this run began from, which is on disk or is the seed's.</param>
public sealed class CheckpointSchedule(CheckpointInterval every, RunPlan plan, long start)
{
    public bool IsDue(long version) => version > start && every.Unit != CheckpointUnit.Never && (version == plan.TotalSteps || every.Unit switch
    {
        CheckpointUnit.Steps => version % every.Count == 0,
        CheckpointUnit.Epochs => version % plan.StepsPerEpoch == 0 && version / plan.StepsPerEpoch % every.Count == 0,
        _ => false,
    });
}
