namespace DistributedTrainer.Coordination;

/// <summary>The part that compares reports with needs: what the current job lacks, and whom to tell.</summary>
public sealed partial class CoordinatorLogic
{
    private void Reconcile()
    {
        while (Current is { } job)
        {
            _progress ??= new JobProgress(_now, 0);
            if (job.Opened is null)
                Open(job);
            if (job is { Opened: not null, Closed: null })
                Run(job);
            if (job.Closed is null)
                return;
            _progress = null;
        }
    }

    // ---- opening: nodes load the data, and the same data ----------------------------------------------------------------

    private void Open(JobRecord job)
    {
        if (job.Stop is { } stop)
        {
            Close(job, "stopped", stop.Reason, stop.ExitCode);
            return;
        }

        Release(job);
        if (!OpenCheckpoints(job))
            return;
        var candidates = _nodes.Values.Where(node => !node.Report.Leaving).OrderBy(node => node.Order).ToList();
        foreach (var node in candidates)
            TellToOpen(job, node);
        var needed = Math.Max(1, job.Submission.MinNodes);
        if (candidates.Count < needed)
        {
            if (_now - _progress!.TouchedAt > timeouts.Nodes)
                Close(job, "failed", $"waited {timeouts.Nodes.TotalSeconds:0} s for {needed} nodes; {candidates.Count} reported", 3);
            return;
        }

        var reports = candidates.Select(node => ReportOn(job, node)).ToList();
        var hash = ReferenceHash(reports!);
        // Whose data counts is settled once all who have some have said so.
        if (!reports.Any(report => report is null or { State: OpenState.Opening, RowSources: [] }))
            ShareSources(job, hash);
        if (reports.Any(report => report is null or { State: OpenState.Opening } || (report is { State: OpenState.Lacks } && hash is not null)))
        {
            if (_now - _progress!.TouchedAt > timeouts.Open)
                Close(job, "failed", $"waited {timeouts.Open.TotalMinutes:0} min for all nodes to load the data", 3);
            return;
        }

        var reasons = candidates.Select(node => WhyUnfit(job, node, hash)).Where(reason => reason is not null).ToList();
        if (hash is null || candidates.Count - reasons.Count < needed)
        {
            Close(job, "failed", hash is null ? NobodyHasIt(job, candidates) ?? reasons[0]! : reasons[0]!, 2);
            return;
        }

        Start(job, ReportOn(job, candidates.First(node => WhyUnfit(job, node, hash) is null))!, candidates);
        if (job.Closed is not null)
            return;
        foreach (var reason in reasons)
            Happened(job, "shards-moved", self, reason!);
    }

    private void TellToOpen(JobRecord job, NodeEntry node)
    {
        if (ReportOn(job, node) is null)
            Repeat(node.Report.Node.Address, $"open {job.Submission.JobId}", new OpenJob(
                Term, _book.Count, job.Submission.JobId, job.Submission.JobText, Servers(job), job.Submission.Replicas)
            {
                Version = job.StartVersion,
                Checkpoint = job.Checkpoints?.Checkpoint ?? "",
                CheckpointFolder = job.Submission.CheckpointFolder ?? "",
            });
    }

    /// <summary>Server ranges asked for: by default on the first two nodes.</summary>
    private static int Servers(JobRecord job) =>
        job.Submission.Servers > 0 ? job.Submission.Servers : Math.Min(2, Math.Max(1, job.Submission.MinNodes));

    private static JobReport? ReportOn(JobRecord job, NodeEntry node) =>
        node.Report.Job is { } report && report.JobId == job.Submission.JobId ? report : null;

    /// <summary>The data that most nodes have; of equally many the one of the node that joined first.</summary>
    private static string? ReferenceHash(IEnumerable<JobReport?> reports) =>
        reports.OfType<JobReport>().Where(report => report is { State: OpenState.Open, RowSources: [] }).GroupBy(report => report.DataSha256).MaxBy(group => group.Count())?.Key;

    /// <summary>Why a node gets no part in the job; null where it is fit.</summary>
    private static string? WhyUnfit(JobRecord job, NodeEntry node, string? hash)
    {
        var address = node.Report.Node.Address;
        return ReportOn(job, node) switch
        {
            null or { State: OpenState.Opening } => $"node {address} has not loaded the data yet",
            { State: OpenState.Failed or OpenState.Lacks } report => report.Error,
            { } report when report.DataSha256 != hash =>
                $"node {address} has other data than the cluster in {job.Job.Data.Describe()}: SHA-256 {report.DataSha256} there, {hash} here; copy the same files to {address}",
            _ => null,
        };
    }

    private void Start(JobRecord job, JobReport report, List<NodeEntry> nodes)
    {
        var plan = new RunPlan(job.Job, report.TrainRows);
        var ranges = ServerRange.Split(report.Parameters, Servers(job)).Count;
        var started = new JobStarted(
            job.Submission.JobId, job.Job.Name, report.Parameters, report.TrainRows, plan.BatchSize, plan.Shards, ranges, job.Job.Epochs,
            plan.StepsPerEpoch, plan.TotalSteps, [.. nodes.Select(node => node.Report.Node.Address)])
        {
            Layers = [.. report.Layers.Select(LayerLine.Parse)],
        };
        if (WhyNotResumed(job, plan, report.DataSha256) is { } reason)
        {
            Close(job, "failed", reason, 2);
            return;
        }

        _progress = new JobProgress(_now, job.Reopened is { } again ? again.AtSeconds + (_now - _progress!.StartedAt).TotalSeconds : 0, job.StartVersion);
        Record(new JobOpened(job.Submission.JobId, started, report.DataSha256, JobFile.RecipeSha256(job.Job)));
        foreach (var node in nodes)
            Happened(job, "node-joined", node.Report.Node.Address, string.Join(' ', node.Report.Node.Roles));
        _decisions.Add(new TellFollowers(started));
        TellResumed(job);
    }

    // ---- running: assignments, decisions, stops --------------------------------------------------------------------------

    private void Run(JobRecord job)
    {
        foreach (var node in _nodes.Values.Where(node => !node.Report.Leaving))
            TellToOpen(job, node);
        ShareSources(job, job.Opened!.DataSha256);
        Release(job);
        MissThoseWhoNeverCame(job);
        LoseUnreachable(job);
        FollowCheckpoints(job);
        var fit = Fit(job);
        if (!HasAllRanges(job, fit))
            return;
        if (job.IsSaving)
        {
            Save(job);
            return;
        }

        Assign(job, fit);
        if (job.Closed is not null)
            return;
        SendDecision(job);
        RequestStop(job);
        if (_now - _progress!.TouchedAt > timeouts.Progress)
            Close(job, "failed", $"step {_progress.Step} made no progress for {timeouts.Progress.TotalSeconds:0} s; it waits for {Waiting(job)}", 1);
    }

    /// <summary>
    /// A leaving node that never had a part in the job has nothing to wait for. One that had is still sending its ranges' state when the
    /// assignment without it comes into force: it says for itself when it is idle.
    /// </summary>
    private void Release(JobRecord job)
    {
        foreach (var node in _nodes.Values)
        {
            if (node.Report is { Leaving: true, Job: { IsIdle: false, Prepared: 0 } } && ReportOn(job, node) is not null && !job.Participants.Contains(node.Report.Node.Address))
                Repeat(node.Report.Node.Address, $"close {job.Submission.JobId}", new CloseJob(Term, _book.Count, job.Submission.JobId));
        }
    }

    private int? PreparedBy(JobRecord job, string node) =>
        _nodes.TryGetValue(node, out var entry) ? ReportOn(job, entry)?.Prepared : null;

    private void RequestStop(JobRecord job)
    {
        if (job.Stop is null && job.Job.Stop.Time is { } limit && _progress!.TrainingStartedAt is { } start && _now - start >= limit)
            Record(new StopRequested(job.Submission.JobId, "time", 0));
        if (job is { Stop: not null, InForce: not null })
            Repeat(Leader(job), "stop", new StopSoon(Term, _book.Count, job.Submission.JobId));
    }

    private string Waiting(JobRecord job)
    {
        var unprepared = job.Latest is { } latest && latest.Number != job.InForce?.Number
            ? Behind(job, latest)
            : [];
        return unprepared.Count > 0
            ? $"nodes {string.Join(", ", unprepared)} to get ready for assignment {job.Latest!.Number}"
            : _progress?.Report?.Waiting is { Length: > 0 } waiting ? $"{waiting} ({Spread((job.InForce ?? job.Latest)!)})" : $"the leading server on {(job.InForce ?? job.Latest)?.Leader}";
    }

    // ---- the end ----------------------------------------------------------------------------------------------------------

    private void Close(JobRecord job, string state, string reason, int exitCode) => Close(job, Result(job, state, reason, exitCode), saver: null);

    private void Close(JobRecord job, JobResult result, string? saver)
    {
        if (job == Current)
            _progress = null;
        Record(new JobClosed(job.Submission.JobId, result, saver));
        _decisions.Add(new TellFollowers(new JobFinished(job.Submission.JobId, result)));
        _decisions.Add(new Explain($"job {job.Job.Name} {result.State}: {result.StopReason}"));
        foreach (var node in _nodes.Keys)
            Tell(node, new CloseJob(Term, _book.Count, job.Submission.JobId));
        _sent.Clear();
    }

    private JobResult Result(JobRecord job, string state, string reason, int exitCode)
    {
        var started = job.Opened?.Started;
        var last = job.LastEpoch;
        var progress = job == Current ? _progress : null;
        var shares = _nodes.Values.OrderBy(node => node.Order)
            .Select(node => (node.Report.Node, Report: ReportOn(job, node)))
            .Where(pair => pair.Report is not null)
            .Select(pair => new NodeShare(
                pair.Node.Address, string.Join(' ', pair.Node.Roles), pair.Report!.ShardSteps, pair.Report.BytesSent, pair.Report.BytesReceived))
            .ToArray();
        var end = progress?.SavingSince ?? _now;
        return new JobResult(
            state, reason, exitCode, job.Opened?.RecipeSha256 ?? JobFile.RecipeSha256(job.Job), job.Opened?.DataSha256 ?? "", "", shares.Length, started?.Shards ?? 0,
            started?.Servers ?? 0, job.Latest?.Backups.Count > 0 ? 1 : 0, _nodes.Values.FirstOrDefault()?.Report.Node.Threads ?? 0, started?.Parameters ?? 0, job.Epochs.Count,
            last?.Row.Step ?? progress?.Step ?? 0, job.Epochs.Sum(epoch => epoch.Samples), job.StepsRepeated, last?.Row.TrainLoss ?? double.NaN, null, null,
            progress?.TrainingStartedAt is { } start ? (end - start).TotalSeconds : 0, shares, [.. job.Events])
        {
            ResumedFrom = job.StartVersion > 0 ? job.StartVersion : null,
        };
    }
}
