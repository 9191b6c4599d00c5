using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The part that knows which ranges' states are here, and that waits for those which other nodes are to send.</summary>
internal sealed partial class JobActor
{
    private readonly HashSet<int> _serves = [];
    private readonly HashSet<int> _givenUp = [];

    /// <summary>Others' servers of ranges that this node serves too: see <see cref="NoteReplaced"/>.</summary>
    private readonly Dictionary<int, string> _successors = [];

    /// <summary>The highest authority of such a one that somebody did not listen to, by range.</summary>
    private readonly Dictionary<int, long> _refused = [];

    /// <summary>Who is to send a range that has not arrived here yet.</summary>
    private readonly Dictionary<int, string> _givers = [];

    private void Served(RangeServed served)
    {
        _serves.Add(served.Range);
        _givenUp.Remove(served.Range);
        if (_givers.Remove(served.Range))
            LetBackupGo(served.Range);
        Report();
    }

    private void HandedOver(RangeHandedOver handedOver)
    {
        StopServer(handedOver.Range);
        AwaitReturn(handedOver.Range, _active!.Number);
        Report();
    }

    private void StopServer(int range)
    {
        _serves.Remove(range);
        _successors.Remove(range);
        if (_servers.Remove(range, out var server))
            Context.Stop(server);
    }

    /// <summary>
    /// A third node listens to one that has taken over from this node, after the two have lost each other: what is computed here now would only
    /// lead others to where that one cannot follow. The state stays, until it is settled who of the two does: not all others need have followed.
    /// </summary>
    private void NoteReplaced(int range, string successor, long authority)
    {
        if (authority <= Math.Max(_owners.AuthorityOver(range), _refused.GetValueOrDefault(range)) || _active is not { } active)
            return;
        // Two may each have taken over from the other; then nobody has everything, and each goes on with its own.
        if (active.RangesOf(successor).Any(other => _owners.Owners[other] == _self))
            return;
        _successors[range] = successor;
        Report();
    }

    /// <summary>Not all others listen to a successor, which gives up then.</summary>
    private void GoOnAsRefused(int range, long authority)
    {
        _refused[range] = Math.Max(authority, _refused.GetValueOrDefault(range));
        // They push again whatever they pushed to the other one, of steps beyond the one that this server stands at, too.
        _servers[range].Tell(new RangeReturned());
        if (_successors.Remove(range))
            StartWhenReady();
    }

    /// <summary>It is settled: this node stays.</summary>
    private void GoOnWithout(Func<string, bool> isLost)
    {
        foreach (var range in _successors.Where(successor => isLost(successor.Value)).Select(successor => successor.Key).ToList())
            _successors.Remove(range);
    }

    /// <summary>A range's server here has been replaced by another, wherever that is.</summary>
    private void GiveUp(int range)
    {
        if (_servers.ContainsKey(range))
            _givenUp.Add(range);
        StopServer(range);
        AwaitReturn(range, (_active?.Number ?? 0) + 1);
    }

    /// <summary>
    /// The server of a range has ended here. An assignment that this node got ready for while it still had the range may give it back: its
    /// state must find a server.
    /// </summary>
    /// <param name="from">The oldest assignment that may do so.</param>
    private void AwaitReturn(int range, int from)
    {
        if (!_servers.ContainsKey(range) && _assignments.Any(assignment => assignment.Number >= from && assignment.Primaries[range] == _self))
            StartWaiting(range, from);
    }

    private void StartWaiting(int range, int from)
    {
        var server = StartServer(new RangeState(_job, _job.Ranges[range], -1), null, 0);
        foreach (var assignment in _assignments)
            server.Tell(new AssignmentPrepared(assignment));
        server.Tell(new GoneChanged(_gone));
        if (_active is { } active && active.Number >= from)
            server.Tell(new AssignmentActivated(_activeSince, active));
    }

    /// <summary>
    /// An assignment comes into force: whoever served the ranges that it gives to this node is about to send them here, if it is still there.
    /// </summary>
    private void AwaitRanges(Assignment assignment)
    {
        for (var range = 0; range < _job.Ranges.Count; range++)
        {
            if (assignment.Primaries[range] != _self)
            {
                _givers.Remove(range);
                continue;
            }

            _givenUp.Remove(range);
            if (_serves.Contains(range))
                continue;
            if (!_servers.ContainsKey(range))
                StartWaiting(range, assignment.Number);
            if (_owners.Owners[range] is { Length: > 0 } giver && giver != _self)
                _givers[range] = giver;
        }

        GiveUpWhatWillNotCome();
    }

    /// <summary>Who was to send them is gone: the coordinator must not take this node for the one that has them.</summary>
    private void GiveUpWhatWillNotCome()
    {
        foreach (var (range, giver) in _givers)
        {
            if (_gone.Contains(giver) && !_keeps.Contains(range))
                _givenUp.Add(range);
        }
    }

    /// <summary>
    /// What is here no more, or will not come. An assignment that this node is ready for may have come into force without its hearing of it,
    /// and then the coordinator takes it for the one that is about to get the ranges.
    /// </summary>
    private IEnumerable<int> GivenUp() => _gone.Count == 0 ? _givenUp.Order() : _givenUp
        .Union(_assignments.Where(assignment => assignment.Number > (_active?.Number ?? 0))
            .SelectMany(assignment => Handover.InVain(assignment, _owners, _gone, _self, range => _serves.Contains(range) || _keeps.Contains(range))))
        .Order();
}
