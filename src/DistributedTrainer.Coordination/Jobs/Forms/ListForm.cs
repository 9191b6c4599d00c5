using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A list of values of one form.</summary>
/// <param name="what">What the list holds, for errors: layers, columns.</param>
/// <param name="least">The smallest number of entries.</param>
internal sealed class ListForm<T>(string what, Form<T> item, int least = 0) : Form<IReadOnlyList<T>>
{
    public override IReadOnlyList<T> Read(Found found)
    {
        if (found.Node is not ListNode list) throw found.Expected($"a list of {what}");
        if (list.Items.Count < least) throw found.Expected($"at least {least} in the list of {what}");
        return [.. list.Items.Select((node, index) => item.Read(found.Child(Numerals.Text(index), node)))];
    }

    public override JobNode Write(IReadOnlyList<T> value, Purpose purpose) =>
        new ListNode(Place.None, [.. value.Select(entry => item.Write(entry, purpose))]);

    public override JsonObject Schema() => new() { ["type"] = "array", ["minItems"] = least, ["items"] = item.Schema() };
}
