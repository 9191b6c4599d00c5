namespace DistributedTrainer.Coordination;

/// <summary>The part that tells nodes without the job's data who has it.</summary>
public sealed partial class CoordinatorLogic
{
    /// <param name="hash">Of the data that the job is trained on; null while nobody has any.</param>
    private void ShareSources(JobRecord job, string? hash)
    {
        if (!IsAnyWithout(job))
            return;
        var sources = Sources(job, hash);
        if (sources.Length == 0)
            return;
        foreach (var node in _nodes.Values)
        {
            if (ReportOn(job, node) is { } report && (report.State == OpenState.Lacks || (report.RowSources.Length > 0 && !report.RowSources.SequenceEqual(sources))))
            {
                Repeat(
                    node.Report.Node.Address, $"rows {string.Join(' ', sources)}", new FetchRows(Term, _book.Count, job.Submission.JobId, sources));
            }
        }
    }

    private bool IsAnyWithout(JobRecord job)
    {
        foreach (var node in _nodes.Values)
        {
            if (ReportOn(job, node) is { State: OpenState.Lacks } or { RowSources.Length: > 0 })
                return true;
        }

        return false;
    }

    /// <summary>Nodes that have the data themselves; those that are about to leave only where there are no others.</summary>
    private string[] Sources(JobRecord job, string? hash)
    {
        var having = _nodes.Values
            .Where(node => ReportOn(job, node) is { State: OpenState.Open, RowSources: [] } report && report.DataSha256 == hash)
            .OrderBy(node => node.Order)
            .ToList();
        var staying = having.Where(node => !node.Report.Leaving).ToList();
        return [.. (staying.Count > 0 ? staying : having).Select(node => node.Report.Node.Address)];
    }

    /// <summary>The error of a job whose data no node has; null where something else is wrong, too.</summary>
    private static string? NobodyHasIt(JobRecord job, List<NodeEntry> nodes)
    {
        var reports = nodes.Select(node => (node.Report.Node.Address, Report: ReportOn(job, node)!)).ToList();
        if (reports.Count < 2 || reports.Any(node => node.Report.State != OpenState.Lacks))
            return null;
        return $"no node of the cluster has the data: {reports[0].Report.Error} Nor has {string.Join(", ", reports.Skip(1).Select(node => node.Address))}. "
            + "Copy the files to one of them; the others fetch rows from it";
    }
}
