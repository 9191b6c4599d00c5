using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>
/// One range of a checkpoint as its server wrote it. Range 0's also carries what its server sums: the epoch so far, and the samples of
/// the run.
/// </summary>
/// <param name="Range">Index of the range.</param>
/// <param name="Begin">First parameter.</param>
/// <param name="Length">Number of parameters.</param>
/// <param name="File">Name in the checkpoint's folder.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
/// <param name="Moments">Arrays of optimizer state.</param>
/// <param name="BestVersion">The version of the parameters kept for early stopping; −1 where none are.</param>
/// <param name="Epoch">Sums of the epoch under way, up to and with the last step.</param>
/// <param name="RunSamples">Committed samples of the whole run.</param>
public sealed record RangePart(
    int Range, int Begin, int Length, string File, long Bytes, string Sha256, int Moments, long BestVersion, StepSums Epoch, long RunSamples);

/// <summary>An epoch that was decided before a checkpoint: a row of history.csv with what the decision remembers.</summary>
public sealed record CheckpointEpoch(HistoryRow Row, long Samples, ConvergenceState State, EpochDecision Decision);

/// <summary>
/// <c>manifest.json</c>: what makes a folder a checkpoint. It describes the state at a version before the decision that may be due there:
/// who resumes decides again, with the job's rules of then.
/// </summary>
public sealed record CheckpointManifest
{
    public const int CurrentFormat = 1;

    /// <summary>No optimizer keeps more arrays than this.</summary>
    private const int MostMoments = 8;

    /// <summary>Of another's message in one of ours.</summary>
    private const int MostLetters = 300;

    public int Format { get; init; }

    /// <summary>Committed steps.</summary>
    public long Version { get; init; }

    /// <summary>The coordinator's term when it was written: for people who look for what happened.</summary>
    public long Term { get; init; }

    public int Arithmetic { get; init; }

    public string RecipeSha256 { get; init; } = "";

    public string DataSha256 { get; init; } = "";

    /// <summary>The job's canonical text, so that a difference can be named.</summary>
    public string Job { get; init; } = "";

    public int Parameters { get; init; }

    /// <summary>In order of their ranges; together the whole parameter vector.</summary>
    public IReadOnlyList<RangePart> Parts { get; init; } = [];

    /// <summary>Training time so far.</summary>
    public double TrainSeconds { get; init; }

    public IReadOnlyList<CheckpointEpoch> Epochs { get; init; } = [];

    /// <summary>SHA-256 of the manifest with this field empty.</summary>
    public string Checksum { get; init; } = "";

    /// <summary>The version whose parameters stopping early would save, by the decisions; −1 for none.</summary>
    [JsonIgnore]
    public long KeptVersion => Epochs.LastOrDefault(epoch => epoch.Decision.KeepBest)?.Row.Step ?? -1;

    /// <summary>The manifest that an order asks for.</summary>
    /// <param name="order">All ranges of its version are written.</param>
    /// <param name="book">The coordinator's book, with everything that the order rests on.</param>
    /// <param name="arithmetic">Of this build.</param>
    public static CheckpointManifest Compose(CompleteCheckpoint order, IEnumerable<string> book, int arithmetic)
    {
        var entries = book.Select(text => JsonSerializer.Deserialize(text, BookJson.Default.BookEntry)!).ToList();
        // The job is queued under its own name, everything else of this run under the run's.
        var queued = entries.OfType<JobQueued>().Last(entry => entry.JobId == RunGeneration.JobOf(order.JobId));
        entries.RemoveAll(entry => entry.JobId != order.JobId);
        var opened = entries.OfType<JobOpened>().Last();
        RangePart[] parts = [.. order.Parts.Select(text => PartReport.Parse(text).Part!)];
        return new CheckpointManifest
        {
            Format = CurrentFormat,
            Version = order.Version,
            Term = order.Term,
            Arithmetic = arithmetic,
            RecipeSha256 = opened.RecipeSha256,
            DataSha256 = opened.DataSha256,
            Job = queued.Submission.JobText,
            Parameters = parts.Sum(part => part.Length),
            Parts = parts,
            TrainSeconds = order.TrainSeconds,
            Epochs =
            [
                .. entries.OfType<EpochDecided>().Where(epoch => epoch.Row.Step < order.Version)
                    .Select(epoch => new CheckpointEpoch(epoch.Row, epoch.Samples, epoch.State, epoch.Decision)),
            ],
        };
    }

    /// <summary>The manifest as JSON, with its checksum.</summary>
    public string ToText() => Serialize(this with { Checksum = ChecksumOf(this) });

    /// <returns>The manifest, or why it is none.</returns>
    public static (CheckpointManifest? Manifest, string Reason) Parse(string text)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(text, CheckpointJson.Default.CheckpointManifest);
            return WhyInvalid(manifest) is { } reason ? (null, reason) : (manifest, "");
        }
        catch (JsonException exception)
        {
            // Also where its checksum is taken: what the text does not have is null.
            var message = exception.Message.Length <= MostLetters ? exception.Message : exception.Message[..MostLetters] + "…"; // it may quote all of the text
            return (null, $"it is not the JSON it must be: {message}");
        }
    }

    private static string? WhyInvalid(CheckpointManifest? manifest)
    {
        if (manifest is null)
            return "it is empty";
        if (manifest.Format != CurrentFormat)
            return $"it has format {manifest.Format}; this version reads format {CurrentFormat}";
        if (manifest.Checksum != ChecksumOf(manifest))
            return "its checksum does not fit: it was altered";
        // JSON may have null in a list, whatever the type says.
        if (manifest.Parts.Contains(null!) || manifest.Epochs.Any(epoch => epoch?.Row is null || epoch.Decision is null))
            return "an entry in it is null";
        return WhyNotWhole(manifest);
    }

    /// <summary>What its writer got wrong: parts that leave a hole, or that are not of one state.</summary>
    public static string? WhyNotWhole(CheckpointManifest manifest)
    {
        var covered = 0;
        if (manifest.Parts.Count == 0)
            return "it has no ranges";
        foreach (var part in manifest.Parts)
        {
            if (Path.GetFileName(part.File) != part.File || part.File is "" or "." or "..")
                return $"range {part.Range} is in '{part.File}', which is no file of this folder";
            if (part.Moments is < 0 or > MostMoments)
                return $"range {part.Range} has {part.Moments} arrays of optimizer state; there are 0 to {MostMoments}";
            if (part.Begin != covered || part.Length < 1 || part.Length > manifest.Parameters - covered)
                return $"range {part.Range} begins at parameter {part.Begin}, and the ranges before it end at {covered}";
            if (part.BestVersion != manifest.KeptVersion)
                return $"range {part.Range} keeps version {part.BestVersion} as the best; the decisions keep {manifest.KeptVersion}";
            if (part.Moments != manifest.Parts[0].Moments)
                return $"range {part.Range} has {part.Moments} arrays of optimizer state, range 0 has {manifest.Parts[0].Moments}";
            covered += part.Length;
        }

        if (covered != manifest.Parameters)
            return $"its ranges hold {covered} of {manifest.Parameters} parameters";
        return manifest.Epochs.FirstOrDefault(epoch => epoch.Row.Step >= manifest.Version) is { } later
            ? $"it stands at step {manifest.Version} and holds the decision of step {later.Row.Step}"
            : null;
    }

    private static string ChecksumOf(CheckpointManifest manifest) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Serialize(manifest with { Checksum = "" }))));

    private static string Serialize(CheckpointManifest manifest) => JsonSerializer.Serialize(manifest, CheckpointJson.Default.CheckpointManifest);
}

/// <summary>Checkpoints as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSerializable(typeof(CheckpointEpoch))]
[JsonSerializable(typeof(PartReport))]
public sealed partial class CheckpointJson : JsonSerializerContext;
