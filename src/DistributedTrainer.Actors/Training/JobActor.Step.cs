using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>The part that computes: a step once its version has arrived, and an epoch's evaluation.</summary>
internal sealed partial class JobActor
{
    private readonly ArrivedVersions _arrivals;
    private readonly ArrivedAverages _averages;
    private readonly List<PartialSum> _partials = [];
    private PushRoute? _merging;
    private IActorRef[] _workers = [];
    private FrameHeader _stamp = new() { Step = -1 };
    private PushRoute? _route;
    private long _started = -1;
    private long _evaluated = -1;
    private int _computing;
    private long _shardSteps;

    private void TakePiece(FrameArrived frame)
    {
        var header = frame.Header;
        var payload = frame.Payload;
        var piece = _job.PieceOf(header, payload.Length);
        var version = header.Step > _arrivals.Newest(piece) ? _store.TryHold(header.Step) : null;
        if (version is null)
        {
            _transport.Counters.Drop(DropReason.Stale); // repeated, or from a range's old server, overtaken by its new one
            payload.Release();
            if (header.Range == 0)
                Stamped(header);
            return;
        }

        if (!_store.Owns(payload.Buffer!))
            payload.Floats.CopyTo(version.Floats.Slice(_job.Pieces[piece].Begin, payload.Length));
        version.Release();
        payload.Release();
        Arrived(header, piece, piece + 1);
    }

    private void Arrived(in FrameHeader header, int first, int end)
    {
        for (var piece = first; piece < end; piece++)
            _arrivals.Add(piece, header.Step);
        if (header.Range == 0)
            Stamped(header);
        else
            StartWhenReady();
    }

    /// <summary>Of two stamps on one version, one by a server that another has replaced, that of the higher authority counts.</summary>
    private void Stamped(in FrameHeader header)
    {
        NoteIfLeftBehind(header);
        if (header.Step < _stamp.Step || (header.Step == _stamp.Step && header.Term < _stamp.Term))
            return;
        _stamp = header;
        if (header.CheckpointAt > 0)
        {
            _checkpoint = new CheckpointAnnounced(header.CheckpointAt, header.IsFinal);
            foreach (var server in _servers.Values)
                server.Tell(_checkpoint);
        }

        if (header.IsFinal && _job.ScoresAverage)
        {
            foreach (var server in _servers.Values)
                server.Tell(new FinalStamped(header.Step));
        }

        if (_assignments.Find(header.Assignment) is { } assignment && _active?.Number != assignment.Number)
            Follow(assignment, header.Step);
        StartWhenReady();
    }

    private void StartWhenReady()
    {
        if (_computing > 0 || _successors.Count > 0)
            return;
        var version = _stamp.Step;
        if (_active is { } active && !(version >= End) && version > _started && _arrivals.HaveAll(version))
        {
            var (first, end) = active.ShardsOf(_self);
            if (first < end && Start(version, first, end))
                return;
        }

        if (!RehearseNext())
            HelpNext();
    }

    /// <summary>Training is over at this version, once that is decided; those before it may have to be made again, or have yet to be made here.</summary>
    private long? End => _decision is { Stop: true } ? _decision.Version : null;

    /// <returns>Whether the node's own shards are being computed, or scored, now.</returns>
    private bool Start(long version, int first, int end)
    {
        _job.Rows?.GoAhead(version, first, end);
        if (_stamp.IsFinal || _job.Plan.IsBoundary(version))
        {
            if (_evaluated < version && _job.HasEvaluation)
            {
                if (!_averages.HaveAll(version))
                    return false;
                _evaluated = version;
                Score(version, first, end);
                return true;
            }

            if (!(_decision?.Version >= version))
                return false;
        }

        _started = version;
        TrainingMeter.Started.Record(version);
        Compute(version, first, end, _route!);
        return true;
    }

    private void Compute(long version, int first, int end, PushRoute full)
    {
        // Where sums of several workers would travel, siblings are added first; those of micro-batches come shard by shard.
        var isMerged = (Math.Min(_workers.Length, end - first) > 1 && full.LeavesNode) || _job.Job.MicroBatches > 1;
        var route = isMerged ? null : full;
        _merging = route is null ? full : null;
        var used = _computing = Math.Min(_workers.Length, end - first);
        for (var worker = 0; worker < used; worker++)
        {
            var (begin, stop) = PartOf(worker, used, first, end);
            _workers[worker].Tell(new ComputeStep(version, begin, stop, route));
        }
    }

    private void Score(long version, int first, int end)
    {
        var used = _computing = Math.Min(_workers.Length, end - first);
        for (var worker = 0; worker < used; worker++)
        {
            var (begin, stop) = PartOf(worker, used, first, end);
            _workers[worker].Tell(new ComputeEvaluation(version, begin, stop, _averages.Hold()));
        }
    }

    /// <summary>The part of a run of shards that one of the used workers gets.</summary>
    private static (int Begin, int Stop) PartOf(int worker, int used, int first, int end) =>
        (first + (int)((long)worker * (end - first) / used), first + (int)((long)(worker + 1) * (end - first) / used));

    private void Computed(StepComputed computed)
    {
        _shardSteps += _isRehearsing ? 0 : computed.Shards;
        _partials.AddRange(computed.Partials);
        if (--_computing > 0)
            return;
        if (_partials.Count > 0)
        {
            _computing = 1;
            _workers[0].Tell(new MergePartials(computed.Step, [.. _partials], _merging!));
            _partials.Clear();
            return;
        }

        EndPass();
    }

    private void Merged(PartialsMerged merged)
    {
        _computing = 0;
        foreach (var partial in merged.Partials)
            merged.Route.PushWhole(merged.Step, partial);
        TrainingMeter.Computed.Record(merged.Step);
        EndPass();
    }

    private void EndPass()
    {
        if (_isRehearsing)
            EndRehearsedStep();
        StartWhenReady();
    }

    private void RefreshRoute() => _route = RouteTo(_ => true, attempt: 0);

    /// <param name="isWanted">Ranges whose servers need the sums.</param>
    private PushRoute RouteTo(Func<int, bool> isWanted, int attempt)
    {
        string[] owners = [.. _owners.Owners.Select((owner, range) => isWanted(range) && !_gone.Contains(owner) ? owner : "")];
        return RouteTo(owners, _active?.Authority ?? 0, attempt);
    }

    private PushRoute RouteTo(string[] owners, long authority, int attempt) =>
        new(
            _job, _self, owners, authority,
            [.. owners.Select((owner, range) => owner == _self ? _servers.GetValueOrDefault(range) : null)], _transport, _pool, attempt);
}
