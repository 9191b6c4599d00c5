namespace DistributedTrainer.Coordination;

/// <summary>Please compute the shards of a slot at a step, or score them, though they may be another node's.</summary>
/// <param name="Node">Who is asked.</param>
/// <param name="Attempt">Counted from 1 for each step and slot; 0 stands for the owner's own work.</param>
public readonly record struct HelpRequest(string Node, long Step, Slot Slot, int Attempt);

/// <summary>
/// Decides for one server who computes the slots that its step misses, besides those whose shards they are. The slots of a node that is
/// gone are asked for at once, from nodes that have finished their own if there are any. Those of a node that is late are asked for after
/// max(4 × the median step, 20 ms), one at a time; whichever answer comes first counts. Where nobody has finished for much longer, sums may
/// have gone to another server, which nodes took for this one's successor: each node is asked for its own again, and others after it. A pure
/// state machine: it is told the time.
/// </summary>
/// <param name="shards">The job's shards.</param>
public sealed class HelpPlan(int shards)
{
    /// <summary>No step is so short that less than this is late.</summary>
    public static readonly TimeSpan ShortestPatience = TimeSpan.FromMilliseconds(20);

    /// <summary>While too few steps have been measured to know what is late.</summary>
    public static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(1);

    /// <summary>With a node that was late before: it is asked for earlier, so that not every step waits for it.</summary>
    private static readonly TimeSpan LeastPatienceWithTheLate = TimeSpan.FromMilliseconds(5);

    private const double Fading = 0.75;
    private const double Suspected = 0.3;
    private const double Slow = 0.5;

    private readonly StepClock _clock = new();
    private readonly string?[] _asked = new string?[shards];
    private readonly TimeSpan[] _askedAt = new TimeSpan[shards];
    private readonly int[] _attempts = new int[shards];
    private readonly Dictionary<string, double> _lateness = [];
    private readonly HashSet<string> _lateNow = [];
    private readonly List<HelpRequest> _requests = [];
    private readonly List<string> _finished = [];
    private readonly List<string> _busy = [];
    private TimeSpan _begun;
    private bool _hasAsked;
    private bool _suspects;

    public long Step { get; private set; } = -1;

    /// <summary>How long a node is waited for before its slots are computed twice.</summary>
    public TimeSpan Patience => _clock.Median is { } median ? Longer(4 * median, ShortestPatience) : FirstPatience;

    /// <summary>How long is waited while all nodes are late before they are asked for what is theirs.</summary>
    private TimeSpan PatienceWithAll => Longer(8 * Patience, 2 * FirstPatience);

    /// <summary>Nodes that have been late in most of the last steps, in ordinal order.</summary>
    public IReadOnlyList<string> SlowNodes => [.. _lateness.Where(node => node.Value > Slow).Select(node => node.Key).Order(StringComparer.Ordinal)];

    /// <summary>Whether the step's slots may come twice: then they are compared.</summary>
    public bool HasAsked => _hasAsked;

    /// <summary>
    /// A step, or an evaluation, begins. Its beginning is the end of the one before, if there was one.
    /// </summary>
    /// <param name="isStep">Whether what ended was a step whose time counts.</param>
    public void Begin(long step, TimeSpan now, bool isStep)
    {
        if (isStep && Step >= 0)
        {
            _clock.Record(now - _begun, _hasAsked);
            Fade();
        }

        if (_hasAsked)
        {
            Array.Clear(_asked);
            Array.Clear(_attempts);
        }

        (Step, _begun, _hasAsked) = (step, now, false);
        _lateNow.Clear();
    }

    /// <summary>Whether somebody may be late.</summary>
    public bool IsDue(TimeSpan now)
    {
        var waited = now - _begun;
        return waited >= Patience || (_suspects && waited >= LeastPatienceWithTheLate);
    }

    /// <summary>Who was asked for a shard of this step, by attempt; null where nobody was.</summary>
    public string? Asked(int shard) => _asked[shard];

    /// <summary>Whom to ask now.</summary>
    /// <param name="assignment">Whose shards are whose in this step.</param>
    /// <param name="missing">The widest slots that the step misses.</param>
    /// <param name="gone">Nodes that cannot be reached.</param>
    /// <returns>Requests; the list is reused by the next call.</returns>
    public IReadOnlyList<HelpRequest> Decide(Assignment assignment, IReadOnlyList<Slot> missing, IReadOnlySet<string> gone, TimeSpan now)
    {
        _requests.Clear();
        if (missing.Count == 0)
            return _requests;
        FindHelpers(assignment, missing, gone);
        var duplicates = 0;
        foreach (var slot in missing)
        {
            if (!gone.Contains(assignment.Shards[slot.First]) && _asked[slot.First] is { } asked && !gone.Contains(asked))
                duplicates++;
        }

        for (var index = 0; index < missing.Count; index++)
        {
            foreach (var part in ByOwner(assignment, missing[index]))
                Consider(assignment.Shards[part.First], part, index, gone, now, ref duplicates);
        }

        return _requests;
    }

    private void Consider(string owner, Slot slot, int index, IReadOnlySet<string> gone, TimeSpan now, ref int duplicates)
    {
        var ownerIsGone = gone.Contains(owner);
        var asked = _asked[slot.First];
        if (!ownerIsGone && now - _begun < PatienceWith(owner))
            return;
        if (!ownerIsGone)
            _lateNow.Add(owner);
        if (asked is not null && !gone.Contains(asked) && now - _askedAt[slot.First] < Patience * (1 << Math.Min(_attempts[slot.First], 6)))
            return;
        var areAllLate = _finished.Count == 0 && now - _begun >= PatienceWithAll;
        if (!ownerIsGone && asked is null && duplicates > 0 && !areAllLate)
            return;
        var turn = index + _attempts[slot.First];
        var helper = Helper(owner, turn, ownerIsGone) ?? (!ownerIsGone && areAllLate ? OfAllLate(owner, turn, _attempts[slot.First]) : null);
        if (helper is null)
            return;
        if (!ownerIsGone)
            duplicates++;
        _hasAsked = true;
        var attempt = _attempts[slot.First] + 1;
        for (var shard = slot.First; shard < slot.End; shard++)
            (_asked[shard], _askedAt[shard], _attempts[shard]) = (helper, now, attempt);
        _requests.Add(new HelpRequest(helper, Step, slot, attempt));
    }

    /// <summary>A missing slot in parts that one node owns each: a wide slot may be the work of several.</summary>
    private static IEnumerable<Slot> ByOwner(Assignment assignment, Slot slot)
    {
        var owner = assignment.Shards[slot.First];
        for (var shard = slot.First + 1; shard < slot.End; shard++)
        {
            if (assignment.Shards[shard] == owner)
                continue;
            var (left, right) = ReductionTree.Children(slot);
            return ByOwner(assignment, left).Concat(ByOwner(assignment, right));
        }

        return [slot];
    }

    private TimeSpan PatienceWith(string owner) => _lateness.GetValueOrDefault(owner) > Suspected && _clock.Median is { } median
        ? Longer(median, LeastPatienceWithTheLate)
        : Patience;

    private void FindHelpers(Assignment assignment, IReadOnlyList<Slot> missing, IReadOnlySet<string> gone)
    {
        _finished.Clear();
        _busy.Clear();
        for (var shard = 0; shard < assignment.Shards.Count; shard++)
        {
            var node = assignment.Shards[shard];
            if ((shard > 0 && assignment.Shards[shard - 1] == node) || gone.Contains(node))
                continue;
            var (first, end) = assignment.ShardsOf(node);
            (Misses(missing, first, end) ? _busy : _finished).Add(node);
        }
    }

    private static bool Misses(IReadOnlyList<Slot> missing, int first, int end)
    {
        for (var index = 0; index < missing.Count; index++)
        {
            if (missing[index].First < end && first < missing[index].End)
                return true;
        }

        return false;
    }

    /// <summary>Nodes that have finished take turns. For a node that is gone those that are still busy will do as well.</summary>
    private string? Helper(string owner, int turn, bool ownerIsGone)
    {
        var helpers = _finished.Count > 0 || !ownerIsGone ? _finished : _busy;
        for (var tried = 0; tried < helpers.Count; tried++)
        {
            var helper = helpers[(turn + tried) % helpers.Count];
            if (helper != owner)
                return helper;
        }

        return null;
    }

    /// <summary>
    /// The owner has computed it, and its sums went elsewhere; or it never had the version, and will not: then somebody else who did. They
    /// take turns.
    /// </summary>
    private string OfAllLate(string owner, int turn, int attempts) => (attempts % 2 == 0 ? null : Helper(owner, turn, ownerIsGone: true)) ?? owner;

    private void Fade()
    {
        foreach (var node in _lateNow)
            _lateness.TryAdd(node, 0);
        if (_lateness.Count == 0)
            return;
        _suspects = false;
        foreach (var node in _lateness.Keys)
        {
            var lateness = (_lateness[node] * Fading) + (_lateNow.Contains(node) ? 1 - Fading : 0);
            _lateness[node] = lateness;
            _suspects |= lateness > Suspected;
        }
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
