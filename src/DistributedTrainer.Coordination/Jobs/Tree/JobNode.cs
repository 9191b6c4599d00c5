namespace DistributedTrainer.Coordination;

/// <summary>A node of a job file's tree: only what job files need of YAML, and where each piece was written.</summary>
internal abstract record JobNode(Place Place)
{
    /// <summary>What an error message says was found.</summary>
    public abstract string Description { get; }
}

/// <param name="Text">The scalar's characters, unquoted.</param>
/// <param name="Quoted">True where the user wrote quotes (or a block scalar): it is then text, whatever it looks like.</param>
internal sealed record ScalarNode(Place Place, string Text, bool Quoted = false) : JobNode(Place)
{
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Null by a word of the user's, not by a value that may have been forgotten.</summary>
    public bool SaysNull => IsNull && Text.Length > 0;

    public override string Description => IsNull ? "nothing" : Quoted ? $"the text \"{Shortened}\"" : $"'{Shortened}'";

    /// <summary>The text as a message may show it: on one line, and not the whole of a file pasted by mistake.</summary>
    private string Shortened => string.Concat((Text.Length <= 60 ? Text : Text[..60] + "…").Select(c => char.IsControl(c) ? ' ' : c));

    public static ScalarNode Plain(string text) => new(Place.None, text);
}

internal sealed record ListNode(Place Place, List<JobNode> Items) : JobNode(Place)
{
    public override string Description => Items.Count == 1 ? "a list of 1 entry" : $"a list of {Items.Count} entries";
}

internal sealed record MapNode(Place Place, List<MapEntry> Entries) : JobNode(Place)
{
    public override string Description =>
        Entries.Count == 0 ? "an empty map"
        : $"a map with the {(Entries.Count == 1 ? "key" : "keys")} {string.Join(", ", Entries.Select(entry => entry.Key))}";

    public MapEntry? Find(string key) => Entries.Find(entry => entry.Key == key);
}

/// <param name="Place">Where the key stands.</param>
internal sealed record MapEntry(string Key, Place Place, JobNode Value);
