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

    /// <summary>Whether a node has a part in it.</summary>
    public bool Has(string node) => Shards.Contains(node) || Primaries.Contains(node) || (node.Length > 0 && Backups.Contains(node));

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

    /// <summary>What no assignment may be: a hole, a node with two runs of shards, a backup beside its primary.</summary>
    /// <returns>Null where all is well.</returns>
    public string? WhyBroken()
    {
        if (Number < 1 || Shards.Count == 0 || Primaries.Count == 0)
            return $"assignment {Number} has {Shards.Count} shards and {Primaries.Count} ranges";
        if (Shards.Concat(Primaries).Any(node => node.Length == 0))
            return $"assignment {Number} gives a shard or a range to nobody";
        for (var shard = 1; shard < Shards.Count; shard++)
        {
            if (Shards[shard] != Shards[shard - 1] && ShardsOf(Shards[shard]).First < shard)
                return $"assignment {Number} gives {Shards[shard]} shards in two runs";
        }

        if (Backups.Count > 0 && Backups.Count != Primaries.Count)
            return $"assignment {Number} has backups of {Backups.Count} of {Primaries.Count} ranges";
        for (var range = 0; range < Backups.Count; range++)
        {
            if (Backups[range] == Primaries[range])
                return $"assignment {Number} keeps the backup of range {range} on its primary's node {Primaries[range]}";
        }

        return null;
    }

    /// <summary>The node that keeps a range's backup; null where none does.</summary>
    public string? BackupOf(int range) => range < Backups.Count && Backups[range].Length > 0 ? Backups[range] : null;
}
