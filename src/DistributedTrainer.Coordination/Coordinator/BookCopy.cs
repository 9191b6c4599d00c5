namespace DistributedTrainer.Coordination;

/// <summary>A node's copy of the coordinator's book, and with it which coordinator the node listens to and which orders it obeys.</summary>
public sealed class BookCopy
{
    private readonly List<string> _entries = [];

    /// <summary>The highest coordinator term that the node has heard.</summary>
    public long Term { get; private set; }

    public IReadOnlyList<string> Entries => _entries;

    /// <summary>Whether to listen: messages of a coordinator that another one has replaced are ignored.</summary>
    public bool Heeds(ICoordinatorMessage message)
    {
        if (message.Term < Term)
            return false;
        Term = message.Term;
        return true;
    }

    /// <summary>Whether to obey, too: an order that rests on entries which are not here yet is ignored; it is repeated.</summary>
    public bool Obeys(ICommand command) => Heeds(command) && command.Book <= _entries.Count;

    /// <summary>Takes an entry, if all before it are here. Where it differs from this copy's, a later coordinator's book begins.</summary>
    public void Keep(KeepBookEntry entry)
    {
        if (entry.Index < _entries.Count && _entries[entry.Index] != entry.Json)
            _entries.RemoveRange(entry.Index, _entries.Count - entry.Index);
        if (entry.Index == _entries.Count)
            _entries.Add(entry.Json);
    }

    /// <summary>The answer to a new coordinator.</summary>
    public IEnumerable<KeepBookEntry> Answer(AskBook ask)
    {
        for (var index = ask.FromIndex; index < _entries.Count; index++)
            yield return new KeepBookEntry(ask.Term, index, _entries[index]);
    }
}
