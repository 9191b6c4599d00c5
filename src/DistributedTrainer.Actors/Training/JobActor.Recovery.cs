using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The part that goes on when others fail: helps them, takes ranges over, follows those who do.</summary>
internal sealed partial class JobActor
{
    /// <summary>Older versions than those from the step under way on are kept nowhere.</summary>
    private const int MostBehind = 3;

    private readonly RangeServers _owners;
    private readonly HashSet<int> _keeps = [];
    private readonly Dictionary<int, IActorRef> _backups = [];
    private readonly Queue<HelpWork> _help = [];
    private readonly HashSet<HelpWork> _helped = [];
    private readonly Dictionary<string, string> _goneWhy = [];
    private HashSet<string> _gone = [];
    private bool _hasGoneAstray;

    // ---- who is there -----------------------------------------------------------------------------------------------------

    /// <summary>Nodes of a new assignment are there again, unless the coordinator says otherwise: those that were lost started afresh.</summary>
    private void Welcome(Assignment assignment, string[] lost)
    {
        if (_gone.Count == 0)
            return;
        var gone = _gone.Where(node => !assignment.Nodes.Contains(node) || lost.Contains(node)).ToHashSet();
        if (gone.Count < _gone.Count)
            NowGone(gone);
    }

    /// <summary>
    /// A node cannot be reached. Only one with a part in the job, or that is to send a range here, is missed; whether it left politely is for
    /// the coordinator to say, and makes no difference here: what it had to do is done by others, if it is missing at all.
    /// </summary>
    private void Miss(string node, string reason)
    {
        if (node == _self || _gone.Contains(node) || !(_givers.ContainsValue(node) || _assignments.Any(assignment => assignment.Nodes.Contains(node))))
            return;
        _goneWhy[node] = reason;
        NowGone([.. _gone, node]);
        TakeOverWhatIsGone();
        Report();
        StartWhenReady();
    }

    private void NowGone(HashSet<string> gone)
    {
        _gone = gone;
        GiveUpWhatWillNotCome();
        var back = _active is null ? [] : _owners.FallBack(_active, gone, _givenUp.Intersect(_active.RangesOf(_self)).ToHashSet());
        if (_active is not null)
            RefreshRoute();
        foreach (var server in _servers.Values)
            server.Tell(new GoneChanged(gone));
        foreach (var (range, from) in back)
        {
            // It may wait, since it was told of the other.
            if (_owners.Owners[range] is var primary && primary != _self)
                _transport.Send(primary, _job.Id, TakeOverHeader(range, _arrivals.Newest(_job.FirstPieces[range])) with { IsFinal = true }, default);
            PushAgain(range, Math.Max(from, _started - MostBehind));
        }
    }

    // ---- help -------------------------------------------------------------------------------------------------------------

    /// <summary>A server misses a slot: whoever has the version can compute it, with the same bits.</summary>
    private void Help(in FrameHeader header)
    {
        if (IsBeyondTheEnd(header.Step, header.IsFinal))
            return;
        if (!header.IsFinal && header.Step == _started && _computing > 0 && IsOwn(header.Slot))
            return; // they are about to be sent; if not, the server asks again
        Enqueue(new HelpWork(header.Step, header.SlotFirst, header.SlotEnd, header.Part, header.IsFinal, OnlyRange: -1));
    }

    /// <summary>
    /// Nothing is computed from the last version but its scores. Steps before it are: a successor may have to make that version again.
    /// </summary>
    private bool IsBeyondTheEnd(long step, bool isEvaluation)
    {
        var end = End ?? (_stamp.IsFinal ? _stamp.Step : long.MaxValue);
        return isEvaluation ? step > end : step >= end;
    }

    private bool IsOwn(Slot slot) => _active?.ShardsOf(_self) is var (first, end) && first <= slot.First && slot.End <= end;

    private void Enqueue(HelpWork work)
    {
        // Servers of several ranges ask the same node for the same slot; its sums go to all of them.
        _helped.RemoveWhere(old => old.Step < work.Step - 2);
        if (!_helped.Add(work))
            return;
        _help.Enqueue(work);
        StartWhenReady();
    }

    /// <summary>Takes the next piece of work whose version is here; what is of the past, or cannot be had, falls away.</summary>
    private void HelpNext()
    {
        for (var left = _help.Count; left > 0 && _active is not null; left--)
        {
            var work = _help.Dequeue();
            if (work.Step > _stamp.Step || (work.Step == _stamp.Step && !_arrivals.HaveAll(work.Step)))
            {
                _help.Enqueue(work); // this node has not come so far
                continue;
            }

            if (!_arrivals.HaveAll(work.Step))
                continue;
            if (work.IsEvaluation && !_averages.HaveAll(work.Step))
            {
                if (work.Step == _stamp.Step)
                    _help.Enqueue(work);
                continue;
            }

            if (work.IsEvaluation)
                Score(work.Step, work.First, work.End);
            else
                Compute(work.Step, work.First, work.End, RouteTo(range => work.OnlyRange < 0 || range == work.OnlyRange, work.Attempt));
            return;
        }
    }

    // ---- taking over ------------------------------------------------------------------------------------------------------

    private void StartBackup(int range, Assignment assignment, bool awaitsState)
    {
        _keeps.Remove(range);
        var backup = Context.ActorOf(
            ActorFactory<BackupServerActor>.Props(() => new BackupServerActor(_job, _job.Ranges[range], _place, assignment, awaitsState)).WithDispatcher(ComputeDispatcher),
            $"backup-{range}-{++_serverNames}");
        _backups[range] = backup;
        TellDecisions(backup);
    }

    private void Keeps(BackupCounts counts)
    {
        if (!_backups.ContainsKey(counts.Range))
            return;
        _keeps.Add(counts.Range);
        TakeOverWhatIsGone();
        Report();
    }

    private void FollowWithBackups(Assignment assignment, long version)
    {
        for (var range = 0; range < _job.Ranges.Count; range++)
        {
            if (!_backups.TryGetValue(range, out var backup))
                continue;
            // Until its state has come, this is all there is of the range if the one that is to send it dies.
            if (_givers.ContainsKey(range) && _keeps.Contains(range))
                continue;
            if (assignment.BackupOf(range) == _self || _assignments.Any(later => later.BackupOf(range) == _self))
            {
                backup.Tell(new AssignmentActivated(version, assignment));
                continue;
            }

            StopBackup(range);
        }
    }

    private void StopBackup(int range)
    {
        _keeps.Remove(range);
        if (_backups.Remove(range, out var backup))
            Context.Stop(backup);
    }

    /// <summary>A range that moved has arrived on the node that kept its backup. A later assignment may have it keep another one, from its beginning.</summary>
    private void LetBackupGo(int range)
    {
        StopBackup(range);
        if (_assignments.FirstOrDefault(later => later.BackupOf(range) == _self) is { } again)
            StartBackup(range, again, awaitsState: true);
    }

    /// <summary>Ranges whose primary is gone and whose backup is here go on here, without asking anybody.</summary>
    private void TakeOverWhatIsGone()
    {
        if (_active is not { } active || _gone.Count == 0)
            return;
        foreach (var range in Takeover.Ranges(active, _owners, _givers, _gone, _self, range => _keeps.Contains(range) || _serves.Contains(range)).ToList())
        {
            if (_serves.Contains(range))
                AnnounceServer(range);
            else if (_backups.Remove(range, out var backup))
                backup.Tell(new Promote());
        }
    }

    private void BecomePrimary(Promoted promoted)
    {
        var range = promoted.State.Range.Index;
        _keeps.Remove(range);
        if (_store.TryHold(promoted.State.Version) is not { } version)
        {
            promoted.Discard(); // this node has slept while others went on
            GiveUpWhatWillNotCome();
            Report();
            return;
        }

        version.Release();
        _givers.Remove(range);
        StopServer(range); // one that waits for a state that will not come
        Announce(range, promoted.State.Version);
        var server = StartServer(promoted.State, promoted, _owners.AuthorityOver(range));
        _serves.Add(range); // reports must not for a moment say that its state is nowhere
        foreach (var assignment in _assignments)
            server.Tell(new AssignmentPrepared(assignment));
        if (_stamp.IsFinal && _job.ScoresAverage)
            server.Tell(new FinalStamped(_stamp.Step));
        server.Tell(new GoneChanged(_gone));
        server.Tell(new AssignmentActivated(_activeSince, _active!));
        RefreshRoute();
        PushAgain(range, promoted.State.Version);
        Report();
    }

    /// <summary>Tells every node that this one serves the range now, before anything is published under the new authority.</summary>
    private void Announce(int range, long version)
    {
        var authority = Math.Max(Authority.TakenOver(_owners.AuthorityOver(range)), _active!.Authority + 1);
        _owners.TakeOver(range, _self, authority, version, version);
        var header = TakeOverHeader(range, version);
        foreach (var node in OtherNodes())
            _transport.Send(node, _job.Id, header, default);
    }

    private FrameHeader TakeOverHeader(int range, long version) => new()
    {
        Kind = FrameKind.TakeOver,
        Range = range,
        Term = _owners.AuthorityOver(range),
        Step = version,
        Assignment = _active!.Number,
        SlotFirst = _active.Nodes.ToList().IndexOf(_self),
    };

    /// <summary>Who has taken a range over, as a frame about that says; null where its assignment is not known here.</summary>
    private string? Successor(in FrameHeader header) =>
        _assignments.Find(header.Assignment)?.Nodes.ElementAtOrDefault(header.SlotFirst);

    /// <summary>
    /// Somebody has a version of a range beyond what one that has taken it over can follow, and does not listen to it: that one gives the range
    /// up, unless it has come far enough meanwhile; and the primary, who hears it too, goes on.
    /// </summary>
    private void Refused(in FrameHeader header)
    {
        var range = header.Range;
        if (!_serves.Contains(range))
            return;
        if ((Successor(header) ?? _active!.BackupOf(range)) != _self)
            GoOnAsRefused(range, header.Term);
        else if (_arrivals.Newest(_job.FirstPieces[range]) < header.Step - 1)
            GiveUp(range);
        else if (header.Term == _owners.AuthorityOver(range))
            AnnounceServer(range);
        Report();
    }

    private void AnnounceServer(int range)
    {
        Announce(range, _arrivals.Newest(_job.FirstPieces[range]));
        _servers[range].Tell(new RangeTakenOver(_owners.AuthorityOver(range)));
    }

    /// <summary>A server here has found that the others have long gone on without it.</summary>
    private void Outlived(RangeOutlived outlived)
    {
        if (!_servers.TryGetValue(outlived.Range, out var server) || !server.Equals(Sender))
            return;
        GiveUp(outlived.Range);
        Report();
    }

    /// <summary>
    /// The cluster follows a newer assignment, and goes on from a version so old that this node cannot: whatever it went on to is lost.
    /// </summary>
    private void NoteIfLeftBehind(in FrameHeader stamp)
    {
        if (_hasGoneAstray || _active is null || stamp.Assignment <= _active.Number || stamp.Step >= _stamp.Step - 2)
            return;
        _hasGoneAstray = true;
        Report();
    }

    private IEnumerable<string> OtherNodes() =>
        _assignments.SelectMany(assignment => assignment.Nodes).Distinct().Where(node => node != _self && !_gone.Contains(node));

    /// <summary>Another node has taken a range over: it is listened to, and gets again what went to the primary before it.</summary>
    private void TakenOver(in FrameHeader header)
    {
        var range = header.Range;
        if (header.IsFinal)
        {
            Refused(header);
            return;
        }

        if (Successor(header) is not { } node)
            return;
        if (_gone.Contains(node))
        {
            if (_serves.Contains(range))
                NoteReplaced(range, node, header.Term);
            return;
        }

        var before = _owners.Owners[range];
        if (!_owners.TakeOver(range, node, header.Term, header.Step, _arrivals.Newest(_job.FirstPieces[range])))
        {
            // It has slept, or lost one link only, while the others went on: it must know before its own node is taken for the right one.
            if (header.Term > _owners.AuthorityOver(range))
            {
                var refusal = header with { IsFinal = true, Step = _arrivals.Newest(_job.FirstPieces[range]) };
                _transport.Send(node, _job.Id, refusal, default);
                if (before != _self && before != node && !_gone.Contains(before))
                    _transport.Send(before, _job.Id, refusal, default);
            }

            return;
        }

        GiveUp(range); // this node's own, whose time is over
        // Where only those two have lost each other, the old one hears it from here.
        if (before.Length > 0 && before != _self && before != node && !_gone.Contains(before))
            _transport.Send(before, _job.Id, header, default);
        RefreshRoute();
        // A version that it is about to make again may have been stamped by its predecessor: it must get the same stamp.
        if (range == 0 && _stamp.Step > header.Step)
            _transport.Send(node, _job.Id, _stamp with { Kind = FrameKind.Stamp }, default);
        PushAgain(range, header.Step);
        Report();
    }

    /// <summary>This node's sums of the steps from a version on went to a server that is gone: they are computed again, for its successor.</summary>
    private void PushAgain(int range, long version)
    {
        if (_active is not { } active)
            return; // nothing has been pushed yet
        var (first, end) = active.ShardsOf(_self);
        // Nor did it get what was computed for others meanwhile: whatever the successor asks for is computed, though it was before.
        _helped.Clear();
        for (var step = version; step <= _started && first < end; step++)
            Enqueue(new HelpWork(step, first, end, 0, IsEvaluation: false, range));
        if (range == 0)
            _evaluated = Math.Min(_evaluated, version - 1); // scores went to the old one too
        StartWhenReady();
    }

    /// <param name="Attempt">0: the node's own shards, again.</param>
    /// <param name="OnlyRange">The one range whose server needs the sums; −1 for all.</param>
    private sealed record HelpWork(long Step, int First, int End, int Attempt, bool IsEvaluation, int OnlyRange);
}
