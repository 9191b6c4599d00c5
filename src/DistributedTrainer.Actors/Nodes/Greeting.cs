namespace DistributedTrainer.Actors;

/// <summary>
/// The first words between a node or client and a cluster: plain strings, which every build understands, so that a node of another
/// build is refused with a clear message instead of being misread. So is one whose tensors would travel in another way.
/// </summary>
internal static class Greeting
{
    private const string HelloWord = "dtrain-hello";
    private const string WelcomeWord = "dtrain-welcome";
    private const string RefusedWord = "dtrain-refused";

    /// <param name="transport">Of a node, how it moves tensors; a client moves none.</param>
    public static string Hello(string fingerprint, string transport = "") => $"{HelloWord}\n{fingerprint}\n{transport}";

    public static bool IsHello(string text, out string fingerprint, out string transport)
    {
        var matches = Is(text, HelloWord, out var rest);
        var end = rest.IndexOf('\n');
        (fingerprint, transport) = end < 0 ? (rest, "") : (rest[..end], rest[(end + 1)..]);
        return matches;
    }

    /// <summary>The answer to a client's hello.</summary>
    public static string Answer(string fingerprint, string ours) => fingerprint == ours
        ? WelcomeWord
        : $"{RefusedWord}\nit runs build {fingerprint}, this cluster runs build {ours}; start all nodes and clients from the same build";

    /// <summary>The answer to a hello of a node.</summary>
    /// <param name="self">Where the coordinator runs.</param>
    public static string Answer(string fingerprint, string ours, string transport, string ourTransport, string self) =>
        fingerprint != ours || transport.Length == 0 || transport == ourTransport
            ? Answer(fingerprint, ours)
            : $"{RefusedWord}\nit moves tensors by {transport}, the coordinator's node {self} by {ourTransport}; set {DataPlaneSettings.TransportKey} to the same on all nodes";

    public static bool IsWelcome(string text) => text == WelcomeWord;

    public static bool IsRefused(string text, out string reason) => Is(text, RefusedWord, out reason);

    private static bool Is(string text, string word, out string rest)
    {
        var matches = text.StartsWith(word + "\n", StringComparison.Ordinal);
        rest = matches ? text[(word.Length + 1)..] : "";
        return matches;
    }
}
