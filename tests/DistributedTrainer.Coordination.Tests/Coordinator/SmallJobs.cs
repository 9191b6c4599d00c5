namespace DistributedTrainer.Coordination.Tests;

/// <summary>Jobs for tests of decisions: nothing of them is ever trained.</summary>
internal static class SmallJobs
{
    /// <summary>Four steps an epoch on the rows that played nodes report.</summary>
    public static Job Linear { get; } = JobFile.Parse(
        """
        name: linear
        data: diabetes
        model: [ dense: { units: 1 } ]
        loss: mse
        optimizer: { gd: { learning-rate: 0.1 } }
        batch-size: 10
        epochs: 2
        """,
        "linear.yaml");

    public static SubmitJob Submit(Func<Job, Job>? change = null, int minNodes = 3, int servers = 2, string id = "j1") =>
        new(id, JobFile.Format(change is null ? Linear : change(Linear)), minNodes, servers, 0, "model-folder");
}
