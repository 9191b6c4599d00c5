using System.Text.Json.Serialization;

namespace DistributedTrainer.Coordination;

/// <summary>
/// Who does what: shards to nodes, server ranges to nodes, and the nodes that keep each range's backup. Nodes act on an assignment from
/// the step on whose published version the leading server (range 0) stamps its number.
/// </summary>
/// <param name="Term">Grows with each coordinator.</param>
/// <param name="Number">Grows with each assignment of a job, from 1.</param>
/// <param name="Shards">Node address by shard.</param>
/// <param name="Primaries">Node address by server range.</param>
public sealed record Assignment(long Term, int Number, IReadOnlyList<string> Shards, IReadOnlyList<string> Primaries)
{
    /// <summary>Node address by server range, "" where a range has no backup; empty where none has.</summary>
    public IReadOnlyList<string> Backups { get; init; } = [];

    /// <summary>The node of the leading server.</summary>
    [JsonIgnore]
    public string Leader => Primaries[0];

    /// <summary>Every node with a part in it, each once, in ordinal order.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Nodes =>
        [.. Shards.Concat(Primaries).Concat(Backups.Where(node => node.Length > 0)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What stands in the frames of those who act on it: see <see cref="Coordination.Authority"/>.</summary>
    [JsonIgnore]
    public long Authority => Coordination.Authority.Of(Term, Number);

    /// <summary>The shards of a node: one run, first to end − 1; empty where it has none.</summary>
    public (int First, int End) ShardsOf(string node)
    {
        var first = 0;
        while (first < Shards.Count && Shards[first] != node)
            first++;
        var end = first;
        while (end < Shards.Count && Shards[end] == node)
            end++;
        return (first, end);
    }

    public IEnumerable<int> RangesOf(string node) => Enumerable.Range(0, Primaries.Count).Where(range => Primaries[range] == node);

    public IEnumerable<int> BackupsOf(string node) => Enumerable.Range(0, Backups.Count).Where(range => Backups[range] == node);

    /// <summary>The node that keeps a range's backup; null where none does.</summary>
    public string? BackupOf(int range) => range < Backups.Count && Backups[range].Length > 0 ? Backups[range] : null;
}
