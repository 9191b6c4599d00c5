namespace DistributedTrainer.Coordination;

/// <summary>
/// Whom to ask for which rows, and what to do when no answer comes. No clock, no network: whoever uses it tells what happened and when, and
/// sends what <see cref="Decide"/> returns.
/// </summary>
/// <param name="data">What users know the data by, for messages.</param>
public sealed class RowRequests(string data)
{
    private readonly List<Source> _sources = [];
    private readonly Dictionary<long, (RowRequest Request, TimeSpan At)> _inFlight = [];
    private readonly LinkedList<(int[] Rows, long Step)> _queue = [];
    private long _number;
    private TimeSpan? _quietSince;

    public required RowLimits Limits { get; set; }

    /// <summary>Rows that have been asked for, or are about to be.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Nodes that have the data, as far as the coordinator knows.</summary>
    public IReadOnlyList<string> Sources => [.. _sources.Select(source => source.Node)];

    /// <summary>The coordinator says who has the data.</summary>
    public void Set(IReadOnlyList<string> nodes)
    {
        foreach (var node in _sources.Select(source => source.Node).Except(nodes).ToList())
            AskOthers(node);
        _sources.RemoveAll(source => !nodes.Contains(source.Node));
        foreach (var node in nodes.Except(Sources).ToList())
            _sources.Add(new Source(node));
    }

    /// <summary>Rows are wanted that nobody has been asked for.</summary>
    /// <param name="rows">None for the data's description.</param>
    /// <param name="step">The step that needs them; −1 goes before all others.</param>
    public void Want(int[] rows, long step, TimeSpan now)
    {
        _quietSince ??= now;
        Outstanding += rows.Length;
        if (rows.Length <= Limits.RowsAtOnce)
        {
            Queue(rows, step);
            return;
        }

        foreach (var piece in step < 0 ? rows.Chunk(Limits.RowsAtOnce).Reverse() : rows.Chunk(Limits.RowsAtOnce))
            Queue(piece, step);
    }

    /// <summary>What to send now.</summary>
    public IReadOnlyList<RowRequest> Decide(TimeSpan now)
    {
        foreach (var (request, _) in _inFlight.Values.Where(sent => now - sent.At > Limits.Patience).ToList())
            Fail(request.Node, $"has not answered within {Limits.Patience.TotalSeconds:0.#} s", now);
        var decided = new List<RowRequest>();
        while (_queue.First is { Value: var (rows, step) } && Choose(now) is { } source)
        {
            _queue.RemoveFirst();
            source.InFlight++;
            var request = new RowRequest(++_number, source.Node, rows, step);
            _inFlight[request.Number] = (request, now);
            decided.Add(request);
        }

        return decided;
    }

    /// <summary>The rows of a request have arrived.</summary>
    /// <returns>The request; null where this node has not been asked that, or too long ago: then the rows must not be believed.</returns>
    public RowRequest? Answered(string node, long number, TimeSpan now)
    {
        if (!_inFlight.TryGetValue(number, out var sent) || sent.Request.Node != node)
            return null;
        _inFlight.Remove(number);
        Outstanding -= sent.Request.Rows.Length;
        _quietSince = _inFlight.Count + _queue.Count > 0 ? now : null;
        if (Find(node) is { } source)
            (source.InFlight, source.Why, source.AsideUntil) = (source.InFlight - 1, null, TimeSpan.Zero);
        return sent.Request;
    }

    /// <summary>A node cannot be asked for now. Others get what it was asked.</summary>
    /// <param name="why">Follows the node's address in messages.</param>
    public void Fail(string node, string why, TimeSpan now)
    {
        AskOthers(node);
        if (Find(node) is { } source)
            (source.InFlight, source.Why, source.AsideUntil) = (0, why, now + Limits.Aside);
    }

    /// <summary>Why what is wanted cannot be had; null while it may still come.</summary>
    public string? Stuck(TimeSpan now)
    {
        if (_quietSince is not { } since || now - since <= Limits.Within)
            return null;
        var asked = _sources.Count == 0 ? "no node of the cluster has it any more"
            : $"nodes that have it: {string.Join("; ", _sources.Select(source => $"{source.Node} {source.Why ?? "has not answered"}"))}";
        return $"waited {Limits.Within.TotalSeconds:0.#} s for rows of {data}, which are not on this node; {asked}";
    }

    private void Queue(int[] rows, long step)
    {
        if (step < 0)
            _queue.AddFirst((rows, step));
        else
            _queue.AddLast((rows, step));
    }

    private void AskOthers(string node)
    {
        foreach (var (request, _) in _inFlight.Values.Where(sent => sent.Request.Node == node).OrderByDescending(sent => sent.Request.Number).ToList())
        {
            _inFlight.Remove(request.Number);
            _queue.AddFirst((request.Rows, request.Step));
        }
    }

    private Source? Find(string node) => _sources.Find(source => source.Node == node);

    /// <summary>Of those who may be asked the one that is asked least; of equals, who has been idle longest.</summary>
    private Source? Choose(TimeSpan now)
    {
        var chosen = _sources.Where(source => source.AsideUntil <= now && source.InFlight < Limits.MostInFlight)
            .OrderBy(source => source.InFlight).ThenBy(source => source.LastAsked).FirstOrDefault();
        if (chosen is not null)
            chosen.LastAsked = _number + 1;
        return chosen;
    }

    private sealed class Source(string node)
    {
        public string Node { get; } = node;

        public int InFlight { get; set; }

        public long LastAsked { get; set; }

        public TimeSpan AsideUntil { get; set; }

        /// <summary>What it last did wrong; null for nothing since its last answer.</summary>
        public string? Why { get; set; }
    }
}
