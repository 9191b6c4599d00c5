using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>What <see cref="DistributedTrainer.Actors.CoordinatorActor"/> does: feeds the production decisions and delivers what they decide.</summary>
internal sealed class SimulatedCoordinator
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private readonly SimulatedNode _node;
    private readonly SimulatedCluster _cluster;
    private readonly CoordinatorLogic _logic;
    private readonly BookGathering _gathering = new();
    private readonly Dictionary<string, SimulatedNode> _nodes = [];
    private readonly List<Action> _stashed = [];
    private readonly TimeSpan _started;
    private bool _isBegun;

    public SimulatedCoordinator(SimulatedNode node, SimulatedCluster cluster)
    {
        (_node, _cluster, _started) = (node, cluster, cluster.World.Now);
        _logic = new CoordinatorLogic(node.Address, SimulatedCluster.Build, new CoordinatorTimeouts());
        cluster.World.Note($"{node.Address} hosts the coordinator");
        node.Post(TickInterval, Tick);
    }

    private TimeSpan Now => _cluster.World.Now - _started;

    public string Describe() => $"term {_logic.Term}, book {_logic.BookLength}, {string.Join("; ", _logic.Status().Jobs)}; knows {string.Join(' ', _logic.Status().Nodes.Select(node => node.Address))}";

    public bool IsWhole(int nodes, int ranges) => _logic.Status().Nodes is var status && status.Count == nodes && status.All(node => node.State == "open")
        && status.Sum(node => node.Primaries.Count) == ranges && status.Sum(node => node.Backups.Count) == ranges;

    public void Handle(SimulatedNode from, object message)
    {
        if (message is NodeReport report)
        {
            _nodes[report.Node.Address] = from;
            if (report.Job is { } job)
                _cluster.World.Note($"coordinator on {_node.Address} hears of {from.Address}: {SimulatedNode.Text(job)}");
            if (!_isBegun)
            {
                _gathering.Take(report);
                Gather();
                return;
            }
        }

        if (message is KeepBookEntry entry)
        {
            _gathering.Take(from.Address, entry);
            BeginWhenGathered();
            return;
        }

        if (!_isBegun)
        {
            _stashed.Add(() => Handle(from, message));
            return;
        }

        _cluster.Referee.Reported(message);
        try
        {
            Decide(message);
        }
        catch (BrokenInvariantException defect)
        {
            _logic.Abort(defect, Now);
        }

        Deliver();
    }

    private void Decide(object message)
    {
        switch (message)
        {
            case NodeReport told: _logic.Handle(told, Now); break;
            case StepReport told: _logic.Handle(told, Now); break;
            case EpochReport told: _logic.Handle(told, Now); break;
            case RunFailed told: _logic.Handle(told, Now); break;
            case ModelSaved told: _logic.Handle(told, Now); break;
            case CheckpointsOpened told: _logic.Handle(told, Now); break;
            case CheckpointCompleted told: _logic.Handle(told, Now); break;
            case SubmitJob submit:
                _logic.Submit(submit, Now);
                // The client asks for what it has missed, too.
                foreach (var told in _logic.Replay(submit.JobId))
                    _cluster.Referee.Told(told);
                break;
            default: throw new InvalidOperationException($"Nobody sends {message} to the coordinator.");
        }
    }

    public void Gone(SimulatedNode member, bool politely)
    {
        if (!_isBegun)
        {
            _gathering.Forget(member.Address);
            _stashed.Add(() => Gone(member, politely));
            return;
        }

        if (_nodes.GetValueOrDefault(member.Address) == member)
            _nodes.Remove(member.Address);
        _logic.HandleGone(member.Address, politely, Now);
        Deliver();
    }

    private void Tick()
    {
        if (_isBegun)
        {
            _logic.Tick(Now);
            Deliver();
        }
        else
        {
            Gather();
        }

        _node.Post(TickInterval, Tick);
    }

    private void Gather()
    {
        if (_gathering.Decide(_node.Membership.Members.Count, Now) is var (node, ask))
            Tell(node, ask);
        BeginWhenGathered();
    }

    private void BeginWhenGathered()
    {
        if (_isBegun || _gathering.Book is not { } book)
            return;
        _isBegun = true;
        _logic.Recover(book, _gathering.Reports, Now);
        _logic.HandleMembers(_node.Membership.Members.Select(member => member.Address).ToHashSet(), Now);

        foreach (var report in _gathering.Reports)
            _logic.Handle(report, Now);
        Deliver();
        foreach (var stashed in _stashed)
            stashed();
    }

    private void Deliver()
    {
        foreach (var decision in _logic.Drain())
        {
            switch (decision)
            {
                case TellNode tell: Tell(tell.Node, tell.Message); break;
                case TellFollowers tell: _cluster.Referee.Told(tell.Event); break;
                case Explain explain: _cluster.World.Note($"coordinator on {_node.Address}: {explain.Reason}"); break;
                default: break;
            }
        }
    }

    private void Tell(string address, IControlMessage message)
    {
        if (_nodes.TryGetValue(address, out var node))
            _cluster.Control.Send(_node, node, message, () => node.Handle((ICoordinatorMessage)message));
    }
}
