using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>A key with one right value so far, such as <c>mode: sync</c>; other words are known but come later.</summary>
internal sealed class FixedField<T>(string name, string doc, string word, bool isRequired, IReadOnlyList<string> later)
    : Field<T>(name, doc, isRequired)
{
    public override T Read(Found found, T whole)
    {
        if (found.Node is not ScalarNode { IsNull: false } scalar) throw found.Expected($"the word {word}");
        if (later.Contains(scalar.Text)) throw found.Error(Refusal.NotYet($"'{scalar.Text}'"));
        return scalar.Text == word ? whole : throw found.Error(Nearest.Unknown("value", scalar.Text, [word]));
    }

    public override JobNode Write(T whole, Purpose purpose) => ScalarNode.Plain(word);

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray(word) };
}
