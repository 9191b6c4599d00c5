using System.Runtime.InteropServices;
using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The part that ends epochs: scores go to the leading server, its decision comes back, the coordinator writes it down.</summary>
internal sealed partial class JobActor
{
    /// <summary>Reports told at once; the coordinator answers each, and so catches up in a few rounds.</summary>
    private const int MostReportsAtOnce = 16;

    /// <summary>What a range's state may lag behind the newest version that this node has heard of.</summary>
    private const int MostVersionsBehind = 2;

    private readonly SortedDictionary<long, EpochFigures> _unheard = [];
    private long _told = -1;

    /// <summary>By version: the newest, and those that servers and backups to come may have to begin from.</summary>
    private readonly SortedList<long, EpochDecisionKnown> _decisions = [];
    private EpochDecisionKnown? _decision;

    private void Evaluated(EvaluationComputed computed)
    {
        _computing--;
        foreach (var slot in computed.Slots)
            SendEvaluation(computed.Version, slot.Slot, slot.Values, double.NaN);
        if (!double.IsNaN(computed.Penalty))
            SendEvaluation(computed.Version, default, [], computed.Penalty);
        StartWhenReady();
    }

    private void SendEvaluation(long version, Slot slot, double[] values, double penalty)
    {
        var leader = _owners.Owners[0];
        if (leader == _self)
        {
            Lead(new EvaluationArrived(version, slot, values, penalty));
            return;
        }

        if (_gone.Contains(leader))
            return;
        var header = new FrameHeader
        {
            Kind = FrameKind.Evaluation,
            Term = _active!.Authority,
            Step = version,
            SlotFirst = slot.First,
            SlotEnd = slot.End,
            Extra = penalty,
        };
        Send(leader, header, values);
    }

    /// <summary>The leading server here has decided: everybody hears it from the same figures, the coordinator too.</summary>
    private void Conclude(EpochConcluded concluded)
    {
        var (figures, decision) = concluded;
        var header = DecisionFrame.Of(concluded, _owners.AuthorityOver(0));
        foreach (var node in OtherNodes())
            Send(node, header, figures.Values);
        _unheard[figures.Version] = figures;
        Decide(decision);
        RepeatEpochs();
        Report();
    }

    private void TakeDecision(FrameArrived frame)
    {
        var header = frame.Header;
        _unheard[header.Step] = EpochFigures.Read(_job, header, frame.Payload);
        frame.Payload.Release();
        Decide(DecisionFrame.Read(header));
        Report();
    }

    /// <summary>The coordinator has written a decision down, and so all before it.</summary>
    private void Heard(DecideEpoch order)
    {
        foreach (var version in _unheard.Keys.Where(version => version <= order.Version).ToList())
            _unheard.Remove(version);
        if (order.Version >= _told)
            RepeatEpochs(); // a new coordinator has much to catch up with
        Decide(new EpochDecisionKnown(order.Version, order.Stop, order.KeepBest, order.ToState()));
        Report();
    }

    private void Decide(EpochDecisionKnown decision)
    {
        while (_decisions.Count > 1 && _decisions.GetKeyAtIndex(0) < _job.Plan.BoundaryAtOrBefore(_stamp.Step - MostVersionsBehind))
            _decisions.RemoveAt(0);
        if (!_decisions.TryAdd(decision.Version, decision))
            return;
        if (decision.Version > (_decision?.Version ?? -1))
            _decision = decision;
        foreach (var server in _servers.Values)
            server.Tell(decision);
        foreach (var backup in _backups.Values)
            backup.Tell(decision);
        StartWhenReady();
    }

    /// <summary>Tells a new server or backup what is decided.</summary>
    private void TellDecisions(IActorRef range)
    {
        foreach (var decision in _decisions.Values)
            range.Tell(decision);
    }

    private void RepeatEpochs()
    {
        if (!_serves.Contains(0))
            return;
        foreach (var figures in _unheard.Values.Take(MostReportsAtOnce))
        {
            _told = figures.Version;
            _node.Tell(new ToCoordinator(figures.Report(_job, _self)));
        }
    }

    private void Send(string node, in FrameHeader header, double[] values)
    {
        var buffer = _pool.Rent(values.Length * 2);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(buffer.Bytes);
        _transport.Send(node, _job.Id, header, new TensorSlice(buffer, 0, values.Length * 2));
        buffer.Release();
    }
}
