namespace DistributedTrainer.Coordination;

/// <summary>The part that makes assignments, has nodes get ready for them and brings them into force.</summary>
public sealed partial class CoordinatorLogic
{
    private void Assign(JobRecord job, List<PlannedNode> fit)
    {
        var pending = job.Latest is not null && job.Latest.Number != job.InForce?.Number;
        var hasLoss = job.Latest is { } made && job.Participants.Any(node => made.Has(node) && !_nodes.ContainsKey(node));
        // A node that died while all were getting ready must not hold them up: the next assignment does without it.
        // While it is not settled who is lost, an assignment would have everybody believe that all are there.
        if (_accusedAt is null && ((!pending && job.Stop is null) || hasLoss))
            pending |= Plan(job, fit);
        if (!pending || job.Closed is not null)
            return;
        var latest = job.Latest!;
        var behind = Behind(job, latest);
        foreach (var node in behind)
            Prepare(job, node, latest);

        if (behind.Count == 0)
            Repeat(Leader(job), $"activate {latest.Number}", new ActivateAssignment(Term, _book.Count, job.Submission.JobId, latest.Number));
    }

    private void Prepare(JobRecord job, string node, Assignment latest) => Repeat(node, $"prepare {latest.Number}", new PrepareAssignment(
        Term, _book.Count, job.Submission.JobId, latest.Number, [.. latest.Shards], [.. latest.Primaries], [.. latest.Backups],
        [.. job.Participants.Where(participant => IsMissingFrom(job, latest, participant))]));

    /// <summary>
    /// Also one that is back as another process: who hears only now of the assignment made without it must not wait for what the old one had.
    /// </summary>
    private bool IsMissingFrom(JobRecord job, Assignment latest, string node) =>
        !_nodes.ContainsKey(node) || (_forgotten.TryGetValue(node, out var since) && !latest.Has(node) && !HasPartAgain(job, node, since))
        || HasBegunAgain(job, latest, node);

    /// <summary>It was given a part after it was forgotten, and still has it: another one is to take that over from it.</summary>
    private bool HasPartAgain(JobRecord job, string node, int since) =>
        job.InForce is { } inForce && inForce.Number > since && inForce.Has(node) && PreparedBy(job, node) >= inForce.Number;

    /// <summary>All were ready for the assignment in force, or it would not be: one that is not is another process at that address, or afresh.</summary>
    private bool HasBegunAgain(JobRecord job, Assignment latest, string node) =>
        job.InForce is { } inForce && inForce.Has(node) && latest.Has(node) && !(PreparedBy(job, node) >= inForce.Number);

    /// <summary>
    /// Once training has ended no assignment is made that would say who is lost; but whoever keeps a backup of what is to be saved must know.
    /// </summary>
    private void TellOfLosses(JobRecord job)
    {
        var latest = job.Latest!;
        var lost = job.Participants.Where(node => IsMissingFrom(job, latest, node)).ToList();
        foreach (var node in job.Participants.Except(lost).Where(node => lost.Except(ReportOn(job, _nodes[node])?.Unreachable ?? []).Any()).ToList())
            Prepare(job, node, latest);
    }

    private List<string> Behind(JobRecord job, Assignment latest) =>
        [.. job.Participants.Where(node => _nodes.ContainsKey(node) && !(PreparedBy(job, node) >= latest.Number))];

    /// <summary>The node that leads now: one that has taken range 0 over says so itself.</summary>
    private string Leader(JobRecord job)
    {
        var assignment = (job.InForce ?? job.Latest)!;
        var serving = _nodes.Values.OrderBy(node => node.Order)
            .FirstOrDefault(node => ReportOn(job, node)?.Serves.Contains(0) == true && job.Participants.Contains(node.Report.Node.Address));
        if (serving is not null)
            return serving.Report.Node.Address;
        return !_nodes.ContainsKey(assignment.Leader) && assignment.BackupOf(0) is { } backup ? backup : assignment.Leader;
    }

    /// <returns>Whether a new assignment was made.</returns>
    private bool Plan(JobRecord job, List<PlannedNode> fit)
    {
        var started = job.Opened!.Started;
        var (assignment, reason) = AssignmentPlanner.Plan(fit, started.Shards, started.Servers, Term, job.Latest, job.Submission.Replicas);
        if (assignment is null)
        {
            // A coordinator that has just taken over may know only nodes that load the data still.
            if (job.Latest is null && !_nodes.Values.Any(node => ReportOn(job, node) is null or { State: OpenState.Opening }))
                Close(job, "failed", reason, 3);
            return false;
        }

        if (job.Latest is { } latest && latest.Shards.SequenceEqual(assignment.Shards) && latest.Primaries.SequenceEqual(assignment.Primaries)
            && latest.Backups.SequenceEqual(assignment.Backups))
            return false;
        Record(new AssignmentMade(job.Submission.JobId, assignment));
        StartClocks(job);
        _progress!.TouchedAt = _now;
        _decisions.Add(new Explain($"assignment {assignment.Number}: {reason}"));
        return true;
    }

    /// <summary>Nodes that may have a part, in order of joining.</summary>
    private List<PlannedNode> Fit(JobRecord job)
    {
        var nodes = new List<NodeEntry>(_nodes.Count);
        foreach (var node in _nodes.Values)
        {
            if (!node.Report.Leaving && WhyUnfit(job, node, job.Opened!.DataSha256) is null)
                nodes.Add(node);
        }

        nodes.Sort((left, right) => left.Order.CompareTo(right.Order));
        return nodes.ConvertAll(node => Planned(node, ReportOn(job, node)!) with { WasLost = WasLost(job, node.Report.Node.Address) });
    }

    private bool WasLost(JobRecord job, string node) => job.Latest is { } latest && _forgotten.TryGetValue(node, out var number) && number >= latest.Number;

    private static PlannedNode Planned(NodeEntry node, JobReport report) => new(
        node.Report.Node.Address, node.Report.Node.Roles.Contains("worker"), node.Report.Node.Roles.Contains("server"))
    {
        Weight = node.Speed.Weight,
        Prepared = report.Prepared,
        Serves = report.Serves,
        Keeps = report.Keeps,
        Since = report.Since,
        GivenUp = report.GivenUp,
        HasNotBegun = report.Active == 0,
    };

    /// <summary>
    /// Whether every range has its state somewhere. A backup that has caught up a moment ago may not have said so yet: it has until the
    /// next reports.
    /// </summary>
    private bool HasAllRanges(JobRecord job, List<PlannedNode> fit)
    {
        // Once the model is saved, nothing of the state is needed but what is on its way to disk.
        if (job.Latest is not { } latest || _progress!.Saved is { Error: "" })
            return true;
        var leaving = _nodes.Values.Where(node => node.Report.Leaving)
            .Select(node => ReportOn(job, node) is { } report ? Planned(node, report) : new PlannedNode(node.Report.Node.Address, false, false)).ToList();
        var lost = AssignmentPlanner.LostRanges(fit, leaving, latest, job.InForce);
        if (lost.Count == 0)
        {
            _progress!.RangesLostAt = null;
            return true;
        }

        _progress!.RangesLostAt ??= _now;
        // Nor need all nodes that live have reported to a new coordinator.
        if (_recoveredAt is null && _now - _progress.RangesLostAt >= timeouts.LastWords)
            Abandon(job, lost);
        return false;
    }

    /// <summary>
    /// A range's state is nowhere any more. This is the one place where a job goes back to a checkpoint; one that keeps none ends.
    /// </summary>
    private void Abandon(JobRecord job, IReadOnlyList<int> lost)
    {
        var assignment = (job.InForce ?? job.Latest)!;
        var owners = string.Join(", ", lost.Select(range => assignment.Primaries[range]).Distinct());
        var backups = job.InForce is null ? "before the first step"
            : assignment.Backups.Count > 0 ? $"and so was the backup, on {string.Join(", ", lost.Select(assignment.BackupOf).Distinct())}, before another one had caught up"
            : "and no backup was kept; two nodes with the role server and --replicas 1 keep one";
        var reason = $"range {string.Join(", ", lost)} of the parameters was lost with node {owners} in step {_progress?.Step}, {backups}";
        if (!Reopen(job, reason))
            Close(job, "failed", reason, 1);
    }
}
