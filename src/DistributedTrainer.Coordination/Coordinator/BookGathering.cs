namespace DistributedTrainer.Coordination;

/// <summary>
/// How a new coordinator begins: it hears who is there, reads the longest copy of the book that they keep, and goes on from it. A pure
/// state machine; it is told the time since the coordinator started.
/// </summary>
public sealed class BookGathering
{
    /// <summary>For all members to report.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, NodeReport> _reports = [];
    private readonly SortedDictionary<int, string> _entries = [];
    private string? _source;
    private int _length;

    public IReadOnlyCollection<NodeReport> Reports => _reports.Values;

    /// <summary>The book to go on from, empty where nobody keeps any; null until it is read.</summary>
    public IReadOnlyList<string>? Book { get; private set; }

    public void Take(NodeReport report) => _reports[report.Node.Address] = report;

    /// <summary>Takes an entry of the book that was asked for.</summary>
    public void Take(string node, KeepBookEntry entry)
    {
        if (node != _source || Book is not null)
            return;
        _entries[entry.Index] = entry.Json;
        if (FirstGap() >= _length)
            Book = [.. _entries.Values];
    }

    /// <summary>A node is gone: its copy cannot be read any more.</summary>
    public void Forget(string node) => _reports.Remove(node);

    /// <summary>To be asked at every report and a few times a second.</summary>
    /// <param name="members">Nodes of the cluster.</param>
    /// <param name="elapsed">Since the coordinator started.</param>
    /// <returns>Whom to ask for the book; null while some have not reported, and once it is known.</returns>
    public (string Node, AskBook Ask)? Decide(int members, TimeSpan elapsed)
    {
        if (Book is not null || _reports.Count == 0 || (_reports.Count < members && elapsed < Bound))
            return null;
        var longest = _reports.Values.MaxBy(report => report.BookLength)!;
        if (longest.BookLength == 0)
        {
            Book = [];
            return null;
        }

        if (_source != longest.Node.Address)
            _entries.Clear(); // two copies may differ
        (_source, _length) = (longest.Node.Address, longest.BookLength);
        return (_source, new AskBook(_reports.Values.Max(report => report.Term) + 1, FirstGap()));
    }

    private int FirstGap()
    {
        var gap = 0;
        while (_entries.ContainsKey(gap))
            gap++;
        return gap;
    }
}
