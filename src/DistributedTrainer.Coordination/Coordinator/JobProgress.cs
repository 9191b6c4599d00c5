namespace DistributedTrainer.Coordination;

/// <summary>The running job's volatile side: clock and last report. A new coordinator starts it afresh.</summary>
/// <param name="startedAt">When this coordinator began with the job.</param>
/// <param name="offsetSeconds">What the job's clock showed then.</param>
/// <param name="step">The last step known to be committed.</param>
internal sealed class JobProgress(TimeSpan startedAt, double offsetSeconds, long step = 0)
{
    public TimeSpan StartedAt { get; } = startedAt;

    public StepReport? Report { get; private set; }

    public long Step => Report?.Step ?? step;

    /// <summary>When something last moved: what the stall bound counts from.</summary>
    public TimeSpan TouchedAt { get; set; } = startedAt;

    public TimeSpan ReportedAt { get; private set; } = startedAt;

    public TimeSpan PreviousAt { get; private set; } = startedAt;

    public TimeSpan EpochStartedAt { get; set; } = startedAt;

    public TimeSpan? TrainingStartedAt { get; set; }

    public TimeSpan? SavingSince { get; set; }

    /// <summary>The model is saved; the run's last checkpoint may still be on its way to disk.</summary>
    public ModelSaved? Saved { get; set; }

    /// <summary>Checkpoints under way; null before training and where the job keeps none.</summary>
    public CheckpointCollector? Checkpoints { get; set; }

    /// <summary>When the last checkpoint was told of.</summary>
    public TimeSpan? CheckpointToldAt { get; set; }

    /// <summary>Since when a range's state has been nowhere; null while all are somewhere.</summary>
    public TimeSpan? RangesLostAt { get; set; }

    public double Seconds(TimeSpan now) => offsetSeconds + (now - StartedAt).TotalSeconds;

    /// <returns>Whether a step was committed since the last report.</returns>
    public bool Observe(StepReport report, TimeSpan now)
    {
        var moved = Report is null || report.Step > Report.Step || report.Active > Report.Active;
        PreviousAt = ReportedAt;
        ReportedAt = now;
        Report = report;
        if (moved)
            TouchedAt = now;
        return moved;
    }
}
