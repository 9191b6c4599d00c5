namespace DistributedTrainer.Coordination;

/// <summary>The part that says who belongs to the cluster: nodes that are gone, that are lost, and that come back.</summary>
public sealed partial class CoordinatorLogic
{
    /// <summary>Nodes that others could not reach, and when that was told. They are left out until they have started afresh.</summary>
    private readonly Dictionary<string, TimeSpan> _lost = [];

    /// <summary>
    /// The newest assignment when a node last was forgotten: who has not heard of a later one yet may still miss the process that is gone.
    /// </summary>
    private readonly Dictionary<string, int> _forgotten = [];

    private TimeSpan? _accusedAt;

    /// <summary>A node is gone from the cluster's membership.</summary>
    /// <param name="politely">It left after handing everything over; otherwise it was lost.</param>
    public void HandleGone(string address, bool politely, TimeSpan now)
    {
        _now = now;
        if (politely)
            _lost.Remove(address);
        else
            _lost[address] = now; // its last words may still be on their way
        _nodes.Remove(address);
        if (Current is { Opened: not null, Closed: null } job)
        {
            _forgotten[address] = job.Latest?.Number ?? 0;
            // A node that takes the coordinator with it never reports to the next one, but the book knows it.
            if (job.HasMember(address))
                Happened(job, politely ? "node-left" : "node-lost", address, politely ? "" : "it is no longer in the cluster");
        }

        Reconcile();
    }

    /// <summary>
    /// The coordinator's own node is about to leave, with nothing of the job on it: that is written down now. The next coordinator may find
    /// it gone without having seen how.
    /// </summary>
    private void NoteOwnLeave(NodeReport report)
    {
        if (report is { Leaving: true, Job: null or { IsIdle: true } } && report.Node.Address == self
            && Current is { Opened: not null, Closed: null } job && job.HasMember(self))
            Happened(job, "node-left", self, "");
    }

    /// <summary>A new coordinator learns from the cluster's membership who was lost together with the one before it.</summary>
    /// <param name="members">Addresses of all members, whatever their state.</param>
    public void HandleMembers(IReadOnlySet<string> members, TimeSpan now)
    {
        foreach (var address in Current?.Members.Where(address => !members.Contains(address)).ToList() ?? [])
            HandleGone(address, politely: false, now);
    }

    /// <summary>
    /// Nodes whose links have failed are left out soon; membership follows seconds later, or not at all where they only froze. A failed
    /// link has two ends: a moment later all who have lost somebody have said so, and <see cref="Accusations"/> says who is at fault.
    /// </summary>
    private void LoseUnreachable(JobRecord job)
    {
        var accusations = _nodes.Values
            .SelectMany(node => Accuse(node.Report.Node.Address, ReportOn(job, node)))
            .Where(accusation => IsMissed(job, accusation))
            .ToList();
        if (accusations.Count == 0)
        {
            _accusedAt = null;
            return;
        }

        _accusedAt ??= _now;
        var waited = _now - _accusedAt.Value;
        if (waited < timeouts.Accusation || (waited < timeouts.LastWords
            && (Accusations.MayChange(accusations, self, WasHeard, node => IsNeeded(job, node), HasThird) || accusations.Exists(accusation => IsContested(job, accusation)))))
            return;
        var guilty = Accusations.Guilty(accusations, self, node => (WasHeard(node) || IsFollowed(job, node)) && IsNeeded(job, node));
        _accusedAt = null;
        foreach (var address in guilty)
        {
            _nodes.Remove(address);
            _lost[address] = _now;
            Happened(job, "node-lost", address, accusations.First(accusation => accusation.Accused == address || accusation.Accuser == address).Why);
        }
    }

    private bool HasThird(string one, string other) => Thirds(one, other).Any(WasHeard);

    /// <summary>Those who would miss one of the two; nodes that are about to get their first part miss nobody.</summary>
    private IEnumerable<string> Thirds(string one, string other) =>
        _nodes.Where(node => node.Key != one && node.Key != other && node.Value.Report.Job is { Active: > 0 }).Select(node => node.Key);

    private bool WasHeard(string node) => _nodes.TryGetValue(node, out var entry) && entry.ReportedAt >= _accusedAt;

    /// <summary>Whether a range's state is on this node and on no other that the cluster could go on from.</summary>
    private bool IsNeeded(JobRecord job, string node) => job.InForce is { } inForce && ReportOn(job, _nodes[node]) is { } own
        && Enumerable.Range(0, inForce.Primaries.Count).Any(range => IsNeeded(job, inForce, node, own, range));

    private bool IsNeeded(JobRecord job, Assignment inForce, string node, JobReport own, int range)
    {
        var others = _nodes.Values.Select(entry => ReportOn(job, entry)!).Where(report => report is not null && report != own).ToList();
        if (HasTakenOver(inForce, node, own, others, range) is { } isFollowed)
            return isFollowed;
        if (own.Replaced.Contains(range) && others.Any(other => other.Serves.Contains(range)))
            return false;
        return !others.Any(other => other.Keeps.Contains(range) && other.Active > 0)
            && (own.Keeps.Contains(range) ? !others.Any(other => other.Serves.Contains(range))
                : own.Serves.Contains(range) && others.All(other => !other.Serves.Contains(range) || Served(other, range) < Served(own, range) - 1));
    }

    /// <summary>
    /// Whether others listen to this node instead of a range's primary, as nodes do to one that takes over. Its reports may be late: then the
    /// primary may know. Null where it has not taken over.
    /// </summary>
    private static bool? HasTakenOver(Assignment inForce, string node, JobReport own, List<JobReport> others, int range)
    {
        if (inForce.Primaries[range] is var primary && (primary == node || own.GivenUp.Contains(range)))
            return null;
        if (IsFollowed(inForce, node, others, range))
            return true;
        // The primary was two versions ahead of it at most.
        if (own.Serves.Contains(range))
            return others.All(other => Served(other, range) <= Served(own, range) + 2);
        return WillTakeOver(own, primary, range) ? true : null;
    }

    /// <summary>Its primary has been told that others listen to this node: so it lives, though it may not be heard.</summary>
    private bool IsFollowed(JobRecord job, string node) => job.InForce is { } inForce && _nodes.Where(entry => WasHeard(entry.Key))
        .Select(entry => ReportOn(job, entry.Value)).OfType<JobReport>().ToList() is var heard
        && inForce.BackupsOf(node).Any(range => IsFollowed(inForce, node, heard, range));

    private static bool IsFollowed(Assignment inForce, string node, List<JobReport> others, int range) =>
        inForce.BackupOf(range) == node && others.Exists(other => other.Replaced.Contains(range));

    /// <summary>Before it follows an assignment a node takes nothing over.</summary>
    private static bool WillTakeOver(JobReport own, string primary, int range) => own.Active > 0 && own.Keeps.Contains(range) && own.Unreachable.Contains(primary);

    /// <summary>
    /// Whether one has taken over from the other and both say that they serve the range: whom third nodes listen to, they hear in a moment.
    /// </summary>
    private bool IsContested(JobRecord job, Accusation accusation) =>
        accusation.Accused != accusation.Accuser && Thirds(accusation.Accuser, accusation.Accused).Any() && job.InForce is { } inForce
        && (IsContested(job, inForce, accusation.Accuser, accusation.Accused) || IsContested(job, inForce, accusation.Accused, accusation.Accuser));

    private bool IsContested(JobRecord job, Assignment inForce, string primary, string backup) =>
        WasHeard(primary) && WasHeard(backup) && ReportOn(job, _nodes[primary]) is { } served && ReportOn(job, _nodes[backup]) is { } taken
        && inForce.RangesOf(primary).Intersect(inForce.BackupsOf(backup))
            .Any(range => served.Serves.Contains(range) && !served.Replaced.Contains(range) && (taken.Serves.Contains(range) || WillTakeOver(taken, primary, range)));

    /// <summary>The version at which a node serves a range; −1 where it does not.</summary>
    private static long Served(JobReport report, int range) =>
        Array.IndexOf(report.Serves, range) is >= 0 and var index && index < report.ServedVersions.Length ? report.ServedVersions[index] : -1;

    private static IEnumerable<Accusation> Accuse(string accuser, JobReport? report) =>
        report is null ? [] : report.Unreachable.Select((accused, index) => new Accusation(accuser, accused, report.UnreachableWhy.ElementAtOrDefault(index) ?? ""));

    /// <summary>
    /// One that is about to leave, and has no part in the newest assignment, has closed its links for good reason. Nor does it count who
    /// cannot be reached by a node that has not heard yet that it started afresh.
    /// </summary>
    private bool IsMissed(JobRecord job, Accusation accusation)
    {
        var (accuser, accused, _) = accusation;
        if (!_nodes.TryGetValue(accused, out var node) || !job.Participants.Contains(accused))
            return false;
        if (_forgotten.TryGetValue(accused, out var number) && !(PreparedBy(job, accuser) > number))
            return false;
        return !IsReleased(job, accused, node.Report.Leaving);
    }

    /// <summary>
    /// Whether a report comes from a node that the cluster went on without. What it said before it was lost may have been on its way for a
    /// moment; after that it lives, and is told to start afresh: its job's state is of the past.
    /// </summary>
    private bool IsOfThePast(NodeReport report)
    {
        var address = report.Node.Address;
        if (!_lost.TryGetValue(address, out var lostAt))
        {
            if (!WasLeftOut(report))
                return false;
            _lost[address] = lostAt = _now - timeouts.LastWords;
            _nodes.Remove(address);
        }

        if (_now - lostAt < timeouts.LastWords)
            return true;
        if (report.Job is not null && report.Job is not { Prepared: 0 })
        {
            Repeat(address, "afresh", new StartAfresh(Term, report.Job.JobId));
            return true;
        }

        _lost.Remove(address);
        _forgotten[address] = Current?.Latest?.Number ?? 0;
        return false;
    }

    /// <summary>
    /// The coordinator before this one lost it and went on without it, and it has not started afresh yet: the assignment in force gives it
    /// nothing, and it never got ready for that one. What it has is of the past, and it may even be this coordinator's node.
    /// </summary>
    private bool WasLeftOut(NodeReport report) =>
        report is { Leaving: false, Job: { Prepared: > 0 } part } && Current is { Closed: null, InForce: { } inForce } job && part.JobId == job.Submission.JobId
        && part.Prepared < inForce.Number && !inForce.Has(report.Node.Address) && part.Serves.Length + part.Keeps.Length > 0;

    /// <summary>A new coordinator hears of a node only if it lives: those of the book that do not report were lost with the old one.</summary>
    private void MissThoseWhoNeverCame(JobRecord job)
    {
        if (_recoveredAt is not { } recoveredAt)
            return;
        var missing = job.Members.Where(address => !_nodes.ContainsKey(address)).ToList();
        if (missing.Count > 0 && _now - recoveredAt < timeouts.Gather)
            return;
        _recoveredAt = null;
        foreach (var address in missing)
        {
            _forgotten[address] = job.Latest?.Number ?? 0;
            Happened(job, "node-lost", address, "it did not report to the new coordinator");
        }
    }

    /// <summary>
    /// Nothing of the job is left on the node: the assignment in force leaves it out, and no other is under way. One that left politely
    /// saw for itself that the newest assignment is in force, perhaps before the leading server told us.
    /// </summary>
    private static bool IsReleased(JobRecord job, string node, bool politely) =>
        job.Latest is { } latest && !latest.Has(node) && (politely || job.InForce?.Number == latest.Number);
}
