using System.Text.Json;
using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>One of an enumeration's members, hyphenated and in lower case: <c>GeluTanh</c> is <c>gelu-tanh</c>.</summary>
/// <param name="noun">What the words are, for errors: activation, normalization.</param>
internal sealed class WordForm<T>(string noun) : Form<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Words = Enum.GetValues<T>().ToDictionary(WordOf);

    public override T Read(Found found)
    {
        if (found.Node is not ScalarNode { IsNull: false } scalar) throw found.Expected($"one of {string.Join(", ", Words.Keys)}");
        return Words.TryGetValue(scalar.Text, out var value) ? value : throw found.Error(Nearest.Unknown(noun, scalar.Text, Words.Keys));
    }

    public override JobNode Write(T value, Purpose purpose) => ScalarNode.Plain(WordOf(value));

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray([.. Words.Keys.Select(word => JsonValue.Create(word))]) };

    private static string WordOf(T value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
