using System.Text.Json;
using System.Text.Json.Nodes;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// jobs/hashes.json: the weights that each ready job ends at, anywhere, within one version of the arithmetic. Where a change of the
/// arithmetic is meant, these tests write the file anew, and the README's hash with it:
/// <c>DTRAIN_RECORD_HASHES=1 dotnet test tests/DistributedTrainer.Actors.Tests --filter recorded_hash</c>
/// </summary>
internal static class RecordedHashes
{
    private const string ReadmeJob = "digits-mlp.yaml";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static bool IsRecording => Environment.GetEnvironmentVariable("DTRAIN_RECORD_HASHES") == "1";

    private static string File => ReadyJobs.PathOf("hashes.json");

    /// <summary>Jobs that take minutes: tests run their first <see cref="FirstSteps"/> steps, whose hashes stand under a key of their own.</summary>
    public static readonly IReadOnlySet<string> Long = new HashSet<string>
    {
        "mnist-augmented.yaml", "mnist-cnn.yaml", "mnist-lenet.yaml", "mnist-lstm.yaml", "shakespeare-gpt.yaml", "shakespeare-lstm.yaml",
    };

    public const int FirstSteps = 20;

    private const string Whole = "weights_sha256";

    private static readonly string Short = $"weights_sha256_after_{FirstSteps}_steps";

    /// <summary>Hashes by the job file's name.</summary>
    /// <param name="first">Those after the first steps, of the long jobs.</param>
    /// <exception cref="InvalidDataException">The file is of another version of the arithmetic.</exception>
    public static IReadOnlyDictionary<string, string> Read(bool first = false)
    {
        var root = Parse();
        var arithmetic = (int)root["arithmetic"]!;
        return arithmetic == ArithmeticVersion.Current
            ? root[first ? Short : Whole]!.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!)
            : throw new InvalidDataException(
                $"{File} is of arithmetic {arithmetic}, this build has {ArithmeticVersion.Current}; record the hashes anew (see {nameof(RecordedHashes)})");
    }

    public static void Write(string job, string hash, bool first = false)
    {
        var root = Parse();
        var section = first ? Short : Whole;
        var hashes = root[section]?.AsObject() ?? new JsonObject();
        if (job == ReadmeJob)
        {
            var readme = ReadyJobs.PathOf("../README.md");
            System.IO.File.WriteAllText(readme, System.IO.File.ReadAllText(readme).Replace((string)hashes[job]!, hash, StringComparison.Ordinal));
        }

        root["arithmetic"] = ArithmeticVersion.Current;
        hashes[job] = hash;
        root[section] = new JsonObject(hashes.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, (string)pair.Value!)));
        System.IO.File.WriteAllText(File, root.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n");
    }

    private static JsonObject Parse() => JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
}
