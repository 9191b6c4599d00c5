namespace DistributedTrainer.Coordination;

/// <summary>The part that has the model of a job that has ended put together and written.</summary>
public sealed partial class CoordinatorLogic
{
    private void Save(JobRecord job)
    {
        _progress!.SavingSince ??= _now;
        SendDecision(job);
        TellOfLosses(job);
        if (_progress.Saved is { } saved && (saved.Error.Length > 0 || IsLastCheckpointSettled(job)))
        {
            Finish(job, saved);
            return;
        }

        var useBest = job.Job.Stop.Patience is not null;
        var version = useBest ? job.LastEpoch!.State.BestVersion : job.LastEpoch!.Row.Step;
        var saver = Saver(job);
        var save = new SaveModel(Term, _book.Count, job.Submission.JobId, version, useBest, saver, job.Submission.ModelFolder);
        // Every node's last report counts its shards: wait until all have heard that training is over.
        var hasEnded = job.Participants.All(node => !_nodes.TryGetValue(node, out var entry) || ReportOn(job, entry)?.DecidedVersion >= job.LastEpoch!.Row.Step);
        // To all: a range may be served by a node that took it over.
        foreach (var node in hasEnded ? job.Participants.Where(_nodes.ContainsKey).Append(saver).Distinct() : [])
            Repeat(node, $"save {saver}", save);
        if (_now - _progress.SavingSince > timeouts.Save)
            Close(job, "failed", $"waited {timeouts.Save.TotalMinutes:0} min for {saver} to collect and write the model", 1);
    }

    /// <summary>The coordinator's own node where it has the data, because a submission's folder is on its machine.</summary>
    private string Saver(JobRecord job)
    {
        var fit = _nodes.Values.Where(node => WhyUnfit(job, node, job.Opened!.DataSha256) is null).OrderBy(node => node.Order)
            .Select(node => node.Report.Node.Address).ToList();
        return fit.Contains(self) || fit.Count == 0 ? self : fit[0];
    }

    private void Finish(JobRecord job, ModelSaved saved)
    {
        if (saved.Error.Length > 0)
        {
            Close(job, "failed", saved.Error, 1);
            return;
        }

        var useBest = job.Job.Stop.Patience is not null;
        var savedVersion = useBest ? job.LastEpoch!.State.BestVersion : job.LastEpoch!.Row.Step;
        var row = job.Epochs.First(epoch => epoch.Row.Step == savedVersion).Row;
        var validation = row.ValidationLoss is { } loss ? new PartScore(loss, row.ValidationMetrics) : null;
        var test = saved.HasTest ? new PartScore(saved.TestLoss, Pairs(saved.MetricNames, saved.MetricValues)) : null;
        var state = job.Stop is null ? "completed" : "stopped";
        var result = Result(job, state, job.LastEpoch!.Decision.Reason, job.Stop?.ExitCode ?? 0) with
        {
            WeightsSha256 = saved.WeightsSha256,
            Validation = validation,
            Test = test,
            PseudoLabels = saved.UnlabelledRows == 0 ? null
                : new PseudoLabelCounts(saved.UnlabelledRows, saved.RowsLabelled, saved.RightLabels < 0 ? null : saved.RightLabels),
            Confusion = saved.Classes.Length == 0 ? null : new ClassConfusion(saved.HasTest ? "test" : "validation", saved.Classes, saved.ClassCounts),
        };
        Close(job, result, Saver(job));
    }
}
