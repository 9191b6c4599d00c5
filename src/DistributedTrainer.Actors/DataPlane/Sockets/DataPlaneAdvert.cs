using System.Globalization;
using System.Text.RegularExpressions;

namespace DistributedTrainer.Actors;

/// <summary>
/// How a node's data plane is reached. Two nodes tell each other over Akka.Remote before they connect, in plain text, which every build
/// understands.
/// </summary>
/// <param name="Version">Of the wire; nodes of another one are refused.</param>
/// <param name="Transport">sockets or akka-remote; the rest has a meaning for sockets only.</param>
/// <param name="Node">Address of the node, host:port.</param>
/// <param name="Uid">Which process of that address.</param>
/// <param name="Machine">Nodes of the same machine and user have the same text here.</param>
/// <param name="UnixPath">Of the Unix socket that it listens on; empty if none.</param>
/// <param name="Host">Of the TCP port that it listens on.</param>
/// <param name="Key">What a connection must show, so that only those connect whom the node has told.</param>
internal sealed partial record DataPlaneAdvert(
    int Version, string Transport, string Node, int Uid, string Machine, string UnixPath, string Host, int Port, string Key)
{
    public const int CurrentVersion = 2;
    private const string AskWord = "dtrain-data-plane?";
    private const string AnswerWord = "dtrain-data-plane!";
    private const int MaxLength = 4096;

    /// <summary>What others call the node by, and its certificate must be for.</summary>
    public string NodeHost => HostOf(Node);

    public static string HostOf(string node) => node[..Math.Max(node.LastIndexOf(':'), 0)];

    /// <summary>Of a node that is reached over Akka.Remote and in no other way.</summary>
    public static DataPlaneAdvert OfAkkaRemote(string node) => new(CurrentVersion, DataPlaneSettings.AkkaRemote, node, 0, "", "", "", 0, "");

    /// <summary>Says how this node is reached, and asks the same.</summary>
    public string Ask() => Format(AskWord);

    public string Answer() => Format(AnswerWord);

    /// <returns>Null for any other text.</returns>
    public static DataPlaneAdvert? Parse(string text, out bool isAsking)
    {
        isAsking = false;
        if (text.Length > MaxLength)
            return null;
        var lines = text.Split('\n');
        isAsking = lines[0] == AskWord;
        return lines.Length == 10 && (isAsking || lines[0] == AnswerWord) && Number(lines[1]) is { } version && Number(lines[4]) is { } uid
            && Number(lines[8]) is { } port
            ? new DataPlaneAdvert(version, lines[2], lines[3], uid, lines[5], lines[6], lines[7], port, lines[9])
            : null;
    }

    /// <summary>Why the two do not go together; null if they do. Names both, so that either side's user knows what to change.</summary>
    public string? Refusal(DataPlaneAdvert other)
    {
        if (other.Transport != Transport)
        {
            return $"node {Node} moves tensors by {Transport}, node {other.Node} by {other.Transport}; "
                + $"set {DataPlaneSettings.TransportKey} to the same on all nodes";
        }

        return other.Version == Version
            ? null
            : $"node {Node} speaks version {Version} of the data plane, node {other.Node} version {other.Version}; start all nodes from the same build";
    }

    /// <summary>Not the key: it may be logged.</summary>
    public override string ToString() => $"data plane of {Node} at {Host}:{Port}";

    /// <summary>A text for a log, which may hold adverts, as those of undelivered messages do.</summary>
    public static string WithoutKeys(string text) => Keys().Replace(text, "$1(key)");

    [GeneratedRegex(@"(dtrain-data-plane[?!](?:\n[^\n]*){8}\n)[0-9A-Za-z+/=]+")]
    private static partial Regex Keys();

    private string Format(string word) => string.Create(
        CultureInfo.InvariantCulture, $"{word}\n{Version}\n{Transport}\n{Node}\n{Uid}\n{Machine}\n{UnixPath}\n{Host}\n{Port}\n{Key}");

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
