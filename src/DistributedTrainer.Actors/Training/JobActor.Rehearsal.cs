using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The part that makes nodes ready for an assignment with newcomers before others wait for them.</summary>
internal sealed partial class JobActor
{
    private Rehearsal? _rehearsal;
    private bool _isRehearsing;

    /// <summary>Rows that have yet to be fetched are not waited for; where all begin together, nobody is ahead; and what follows a failure is urgent.</summary>
    private int RehearsalsOf(Assignment assignment)
    {
        var (first, end) = assignment.ShardsOf(_self);
        if (assignment.Number == 1 || _job.Rows is not null || first >= end)
            return 0;
        if (_active is not { } active || _started < 0)
            return Rehearsal.StepsOfNewcomer;
        var isOther = active.ShardsOf(_self) != (first, end);
        return isOther && assignment.Nodes.Except(active.Nodes).Any() ? Rehearsal.StepsOfOthers : 0;
    }

    private bool RehearseNext()
    {
        if (_rehearsal is not { } rehearsal || !_arrivals.HaveAll(_stamp.Step) || rehearsal.StepBefore(_stamp.Step) is not { } step)
            return false;
        var (first, end) = rehearsal.Assignment.ShardsOf(_self);
        string[] servers = [.. rehearsal.Assignment.Primaries.Select(server => _gone.Contains(server) ? "" : server)];
        _isRehearsing = true;
        Compute(step, first, end, RouteTo(servers, rehearsal.Assignment.Authority, attempt: 0));
        return true;
    }

    private void EndRehearsedStep()
    {
        _isRehearsing = false;
        if (_rehearsal is not { } rehearsal)
            return;
        rehearsal.Done();
        if (rehearsal.IsOver)
            Rehearsed(rehearsal);
    }

    private void Rehearsed(Rehearsal rehearsal)
    {
        _rehearsal = null;
        _prepared = Math.Max(_prepared, rehearsal.Assignment.Number);
        Report();
    }
}
