using System.Globalization;

namespace DistributedTrainer.Coordination;

/// <summary>
/// One <c>--set model.0.dense.units=64</c>: a dotted path with list indexes, and a YAML value. Applied to the tree before it is read,
/// so that the value is checked like any other and errors name the override.
/// </summary>
internal static class Override
{
    /// <summary>The tree with the value in its place; maps on the way are made where absent.</summary>
    /// <exception cref="JobFileException">The setting has no <c>=</c>, or its path leads nowhere.</exception>
    public static JobNode Apply(JobNode root, string setting, string file)
    {
        var place = new Place(file, null, setting);
        var equals = setting.IndexOf('=');
        if (equals <= 0) throw new JobFileException(place, "", "expected key=value, such as epochs=2 or model.0.dense.units=64");
        var path = setting[..equals].Trim().Split('.');
        if (path.Any(string.IsNullOrWhiteSpace))
            throw new JobFileException(place, "", $"the path '{setting[..equals]}' has an empty part; write keys and list indexes with single dots");
        var value = YamlReader.Read(setting[(equals + 1)..], file, setting);
        return Set(root, path, 0, value, place);
    }

    private static JobNode Set(JobNode node, string[] path, int depth, JobNode value, Place place)
    {
        if (depth == path.Length) return value;
        var part = path[depth];
        switch (node)
        {
            case ListNode list:
                var index = Index(list, path, depth, place);
                list.Items[index] = Set(list.Items[index], path, depth + 1, value, place);
                return list;
            case MapNode map:
                var at = map.Entries.FindIndex(entry => entry.Key == part);
                if (at < 0) map.Entries.Add(new MapEntry(part, place, Set(Absent(place), path, depth + 1, value, place)));
                else map.Entries[at] = map.Entries[at] with { Value = Set(map.Entries[at].Value, path, depth + 1, value, place) };
                return map;
            case ScalarNode { IsNull: true }:
                return Set(new MapNode(place, []), path, depth, value, place);
            // A bare word is short for the map with that one key: huber is { huber: { } }, and data: digits is { source: digits }.
            case ScalarNode { Quoted: false } word when word.Text == part:
                return Set(new MapNode(place, [new MapEntry(part, word.Place, Absent(place))]), path, depth, value, place);
            case ScalarNode { Quoted: false } word when depth == 1 && path[0] == "data":
                return Set(new MapNode(word.Place, [new MapEntry("source", word.Place, word)]), path, depth, value, place);
            default:
                throw new JobFileException(place, "", $"'{Joined(path, depth)}' is {node.Description}, which has no '{part}' in it");
        }
    }

    private static int Index(ListNode list, string[] path, int depth, Place place)
    {
        if (int.TryParse(path[depth], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count) return index;
        var entries = list.Items.Count switch
        {
            0 => "is empty",
            1 => "has 1 entry, 0",
            var n => $"has {n} entries, 0 to {n - 1}",
        };
        throw new JobFileException(place, "", $"the list '{Joined(path, depth)}' {entries}; found '{path[depth]}'");
    }

    private static ScalarNode Absent(Place place) => new(place, "");

    private static string Joined(string[] path, int depth) => string.Join('.', path[..depth]);
}
