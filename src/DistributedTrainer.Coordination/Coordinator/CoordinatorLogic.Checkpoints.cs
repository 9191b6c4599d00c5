using System.Text.Json;

namespace DistributedTrainer.Coordination;

/// <summary>
/// The part that keeps checkpoints: the folder is tried before training, parts that servers report become a checkpoint once all are there,
/// and a job that resumes begins from the newest one.
/// </summary>
public sealed partial class CoordinatorLogic
{
    /// <summary>Of two checkpoint events of one run: a short interval must not fill the book.</summary>
    private static readonly TimeSpan BetweenCheckpointEvents = TimeSpan.FromSeconds(1);

    /// <summary>Openings after losses without coming further than before: then something else is wrong.</summary>
    private const int MostReopenings = 3;

    public void Handle(CheckpointsOpened opened, TimeSpan now)
    {
        _now = now;
        if (Current is { Opened: null, Closed: null } job && job.Submission.JobId == opened.JobId)
        {
            if (opened.Error.Length > 0)
                Close(job, "failed", opened.Error, 2);
            else
                TakeCheckpoint(job, opened);
        }

        Reconcile();
    }

    public void Handle(CheckpointCompleted completed, TimeSpan now)
    {
        _now = now;
        if (Current is { Opened: not null, Closed: null } job && job.Submission.JobId == completed.JobId
            && _progress?.Checkpoints is { } checkpoints && !checkpoints.IsSettled(completed.Version))
        {
            if (completed.Error.Length > 0)
                TellFailed(job, completed.Version, checkpoints.Fail(completed.Version, completed.Error, now));
            else
                Completed(job, checkpoints, completed.Version);
        }

        Reconcile();
    }

    /// <summary>The folder is tried, and searched where the job resumes, by the coordinator's own node.</summary>
    /// <returns>Whether nodes may open the job: they must know the version to begin from.</returns>
    private bool OpenCheckpoints(JobRecord job)
    {
        var submission = job.Submission;
        if (submission.CheckpointFolder is not { } folder || job.Checkpoints is { } ready && job.Epochs.Count == ready.Epochs)
            return true;
        // What lies there may be this run's own, of a time that the book knows nothing of. Whose recipe it is, is looked at all the same.
        var resume = submission.Resume || _recovered.Contains(RunGeneration.JobOf(submission.JobId));
        Repeat(self, $"open checkpoints {job.Epochs.Count}", new OpenCheckpoints(
            Term, _book.Count, submission.JobId, submission.JobText, folder, resume, job.Epochs.Count));
        if (_now - _progress!.TouchedAt > timeouts.Open)
            Close(job, "failed", $"waited {timeouts.Open.TotalMinutes:0} min for node {self} to read the checkpoints in {folder}", 1);
        return false;
    }

    private void TakeCheckpoint(JobRecord job, CheckpointsOpened opened)
    {
        if (job.Checkpoints is null)
        {
            Record(new CheckpointsReady(
                opened.JobId, opened.Version, opened.Checkpoint, opened.DataSha256, opened.TrainSeconds, opened.Notes, opened.Epochs));
        }

        for (var index = Math.Max(0, job.Epochs.Count - opened.FromEpoch); index < opened.EpochTexts.Length && job.Epochs.Count < opened.Epochs; index++)
        {
            var epoch = JsonSerializer.Deserialize(opened.EpochTexts[index], CheckpointJson.Default.CheckpointEpoch)!;
            Record(new EpochDecided(opened.JobId, epoch.Row, epoch.Samples, epoch.State, epoch.Decision));
        }
    }

    /// <summary>
    /// Something was lost that no node has a copy of: the job is opened again with the nodes that are left, at its newest checkpoint, or at
    /// version 0. What was computed since is computed again, to the same bits.
    /// </summary>
    /// <returns>False where the job has begun and keeps no checkpoints, and where that was tried and led nowhere.</returns>
    private bool Reopen(JobRecord job, string reason)
    {
        var step = _progress?.Step ?? 0;
        if ((job.Submission.CheckpointFolder is null && HasBegun(job)) || job.Opened is null || (step <= job.FurthestLoss.Step && job.FurthestLoss.Times >= MostReopenings))
            return false;
        var train = _progress?.TrainingStartedAt is { } start ? (_now - start).TotalSeconds : 0;
        var reopened = new JobReopened(RunGeneration.Next(job.Submission.JobId), step, _progress?.Seconds(_now) ?? 0, train);
        Record(reopened);
        _progress = new JobProgress(_now, reopened.AtSeconds, step);
        _sent.Clear();
        _forgotten.Clear(); // assignments are numbered anew
        _accusedAt = null;
        _decisions.Add(new Explain($"{reason}: the job goes on from its newest checkpoint"));
        return true;
    }

    /// <summary>Whether anybody who is still there has got further than the version that the run began from.</summary>
    private bool HasBegun(JobRecord job) => job.InForce is not null && _nodes.Values.Any(node => ReportOn(job, node)?.Active > 0);

    /// <summary>What only shows once the data are loaded.</summary>
    private static string? WhyNotResumed(JobRecord job, RunPlan plan, string dataSha256)
    {
        if (job.Checkpoints is not { Version: > 0 } checkpoint)
            return null;
        if (checkpoint.DataSha256 != dataSha256)
            return $"{checkpoint.Checkpoint} is of other data: SHA-256 {checkpoint.DataSha256} there, {dataSha256} now in {job.Job.Data.Describe()}";
        return checkpoint.Version > plan.TotalSteps
            ? $"{checkpoint.Checkpoint} stands at step {checkpoint.Version}, and the job now ends at step {plan.TotalSteps}; give it more epochs or steps"
            : null;
    }

    /// <summary>The job's clocks show the training before the checkpoint too; nothing is counted that was lost.</summary>
    private void StartClocks(JobRecord job)
    {
        if (_progress!.TrainingStartedAt is not null)
            return;
        var before = job.Reopened?.TrainSeconds ?? job.Checkpoints?.TrainSeconds ?? 0;
        _progress.TrainingStartedAt = _now - TimeSpan.FromSeconds(before);
        if (before > 0)
            _progress.EpochStartedAt = _now - TimeSpan.FromSeconds(Math.Max(0, before - job.Epochs.Sum(epoch => epoch.Row.Seconds)));
    }

    private void TellResumed(JobRecord job)
    {
        foreach (var note in job.Checkpoints?.Notes ?? [])
            Happened(job, "checkpoint-failed", self, note);
        if (job.Checkpoints is { Version: > 0 } checkpoint)
            Happened(job, "resumed", self, $"from {checkpoint.Checkpoint}");
        else if (job.Reopened is not null)
            Happened(job, "resumed", self, "from step 0, because there is no checkpoint");
        else if (job.Submission.Resume)
            _decisions.Add(new Explain($"no checkpoint in {job.Submission.CheckpointFolder}: the run begins at step 0"));
        foreach (var epoch in job.Epochs)
            _decisions.Add(new TellFollowers(new EpochClosed(job.Submission.JobId, epoch.Row)));
    }

    private CheckpointCollector? Collector(JobRecord job)
    {
        if (job.Submission.CheckpointFolder is null || job.Job.Checkpoint.Every.Unit == CheckpointUnit.Never || job.Opened is not { } opened)
            return null;
        return _progress!.Checkpoints ??= new CheckpointCollector(opened.Started.Servers, job.StartVersion);
    }

    private void TakeParts(NodeReport report)
    {
        if (report.Job is not { CheckpointParts.Length: > 0 } part || Current is not { Closed: null } job || part.JobId != job.Submission.JobId
            || Collector(job) is not { } collector)
        {
            return;
        }

        foreach (var written in part.CheckpointParts.Select(PartReport.Parse))
            TellFailed(job, written.Version, collector.Take(report.Node.Address, written, _now));
    }

    private void FollowCheckpoints(JobRecord job)
    {
        if (Collector(job) is not { } collector || job.InForce is not { } inForce)
            return;
        if (collector.GiveUp(inForce.Primaries, _now) is { } reason)
            TellFailed(job, _progress!.Step, reason);
        // The leading server decides epochs by itself, and the manifest needs every one before its version: the book may lag behind.
        if (collector.Whole is not { } whole || job.Epochs.Count < (whole.Version - 1) / job.Opened!.Started.StepsPerEpoch)
            return;
        Repeat(self, $"complete {whole.Version}", new CompleteCheckpoint(
            Term, _book.Count, job.Submission.JobId, whole.Version, job.Submission.CheckpointFolder!, job.Job.Checkpoint.Keep,
            _progress!.TrainingStartedAt is { } start ? (_now - start).TotalSeconds : 0,
            [.. whole.Parts.Select(part => new PartReport(whole.Version, part.Range, part, "").ToText())]));
    }

    private void Completed(JobRecord job, CheckpointCollector collector, long version)
    {
        collector.Complete(version);
        _decisions.Add(new Explain($"checkpoint of step {version} in {job.Submission.CheckpointFolder}"));
        if (_progress!.CheckpointToldAt is { } told && _now - told < BetweenCheckpointEvents)
            return;
        _progress.CheckpointToldAt = _now;
        Happened(job, "checkpoint", self, "", version);
    }

    private void TellFailed(JobRecord job, long version, string? reason)
    {
        if (reason is not null)
            Happened(job, "checkpoint-failed", self, $"no checkpoint of step {version}: {reason}; the run goes on", version);
    }

    /// <summary>A run ends after its last checkpoint, or after waiting for it in vain.</summary>
    private bool IsLastCheckpointSettled(JobRecord job)
    {
        var version = job.LastEpoch!.Row.Step;
        if (Collector(job) is not { } collector || collector.IsSettled(version))
            return true;
        if (_now - _progress!.SavingSince < timeouts.LastCheckpoint)
            return false;
        TellFailed(job, version, collector.Fail(version, $"waited {timeouts.LastCheckpoint.TotalSeconds:0} s for the run's last checkpoint", _now));
        return true;
    }
}
