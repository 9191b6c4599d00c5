namespace DistributedTrainer.Coordination;

/// <summary>
/// A state machine has come to what its own rules exclude: a defect of ours, or a machine that computes wrongly. The job fails with it, before
/// anything is made of it; whoever catches it adds node, job and step.
/// </summary>
public sealed class BrokenInvariantException(string what) : Exception($"{what}: this is a defect, or the machine is faulty")
{
    /// <summary>The reason of a failed run.</summary>
    /// <param name="node">Where it happened.</param>
    /// <param name="jobId">The run.</param>
    /// <param name="step">The newest version there.</param>
    public string Describe(string node, string jobId, long step) => $"node {node}, job {jobId}, step {step}: {Message}";
}
