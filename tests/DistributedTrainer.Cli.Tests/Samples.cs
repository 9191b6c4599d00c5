using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

/// <summary>Jobs, events and results that several tests start from.</summary>
internal static class Samples
{
    public const string JobId = "digits-1";

    public static Job Job { get; } = JobFile.Parse(
        """
        name: digits
        data: { source: digits, validation: 0.2 }
        model: [ { dense: { units: 10 } } ]
        loss: cross-entropy
        optimizer: { gd: { learning-rate: 0.1 } }
        batch-size: 32
        epochs: 2
        """,
        "digits.yaml");

    public static JobSubmission Submission { get; } = new(JobId, JobFile.Format(Job), 3, 0, 1, null);

    public static RunRecord Record { get; } = new(JobId, Job, 3, 1, 1);

    public static JobStarted Started { get; } = new(JobId, "digits", 650, 1438, 32, 8, 2, 2, 45, 90, ["a:1", "b:1", "c:1"]);

    public static JobFinished Finished(string state = "completed", string reason = "epochs", int exitCode = ExitCode.Done) =>
        new(JobId, Result with { State = state, StopReason = reason, ExitCode = exitCode });

    public static EpochClosed Epoch(int epoch, double accuracy = 0.9) =>
        new(JobId, new HistoryRow(epoch, epoch * 45, 0.1, 0.5 / epoch, 0.01, 0.6, [new("accuracy", accuracy)], 1.5, 1000));

    public static StepProgress Step(long step) => new(JobId, (int)((step - 1) / 45) + 1, step, 0.7, 320);

    public static JobResult Result { get; } = new(
        "completed", "epochs", ExitCode.Done, "aa", "bb", "cc", 3, 8, 2, 1, 1, 650, 2, 90, 2876, 0, 0.25,
        new PartScore(0.6, [new("accuracy", 0.925)]), null, 2, [new NodeShare("a:1", "worker", 90, 10, 20)],
        [new RunEvent(0.5, 3, "node-left", "b:1", "politely")]);
}
