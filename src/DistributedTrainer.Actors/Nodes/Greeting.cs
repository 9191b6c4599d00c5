namespace DistributedTrainer.Actors;

/// <summary>
/// The first words between a node or client and a cluster: plain strings, which every build understands, so that a node of another
/// build is refused with a clear message instead of being misread.
/// </summary>
internal static class Greeting
{
    private const string HelloWord = "dtrain-hello";
    private const string WelcomeWord = "dtrain-welcome";
    private const string RefusedWord = "dtrain-refused";

    public static string Hello(string fingerprint) => $"{HelloWord}\n{fingerprint}";

    public static bool IsHello(string text, out string fingerprint) => Is(text, HelloWord, out fingerprint);

    /// <summary>The answer to a hello.</summary>
    public static string Answer(string fingerprint, string ours) => fingerprint == ours
        ? WelcomeWord
        : $"{RefusedWord}\nit runs build {fingerprint}, this cluster runs build {ours}; start all nodes and clients from the same build";

    public static bool IsWelcome(string text) => text == WelcomeWord;

    public static bool IsRefused(string text, out string reason) => Is(text, RefusedWord, out reason);

    private static bool Is(string text, string word, out string rest)
    {
        var matches = text.StartsWith(word + "\n", StringComparison.Ordinal);
        rest = matches ? text[(word.Length + 1)..] : "";
        return matches;
    }
}
