using System.Globalization;

namespace DistributedTrainer.Actors;

/// <summary>
/// What a node asks a seed that is no member of its cluster, and the answer: plain text, which every build understands, over Akka.Remote.
/// </summary>
/// <param name="Voters">Nodes with the role coordinator in the answering node's cluster.</param>
/// <param name="KnowsAsker">Whether the asking node is a member there.</param>
/// <param name="HasFirstSeed">Whether the first of the asker's seeds is.</param>
internal sealed record ClusterGlance(int Voters, bool KnowsAsker, bool HasFirstSeed)
{
    private const string AskWord = "dtrain-cluster?";
    private const string AnswerWord = "dtrain-cluster!";

    public static string Ask(string self, string firstSeed) => $"{AskWord}\n{self}\n{firstSeed}";

    /// <returns>Who asks, and the first of its seeds; null for any other text.</returns>
    public static (string Asker, string FirstSeed)? ParseAsk(string text) =>
        text.Split('\n') is [AskWord, var asker, var firstSeed] ? (asker, firstSeed) : null;

    public string Answer() => string.Create(CultureInfo.InvariantCulture, $"{AnswerWord}\n{Voters}\n{KnowsAsker}\n{HasFirstSeed}");

    /// <returns>Null for any other text.</returns>
    public static ClusterGlance? ParseAnswer(string text) =>
        text.Split('\n') is [AnswerWord, var voters, var knowsAsker, var hasFirstSeed]
        && int.TryParse(voters, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && bool.TryParse(knowsAsker, out var knows) && bool.TryParse(hasFirstSeed, out var has)
            ? new ClusterGlance(count, knows, has)
            : null;
}
