using System.Text.Json;

namespace DistributedTrainer.Coordination;

/// <summary>A server has written its range of a version, or could not. Repeated in its node's reports as one text.</summary>
/// <param name="Version">The checkpoint's version.</param>
/// <param name="Range">Index of the range.</param>
/// <param name="Part">What was written; null where nothing could be.</param>
/// <param name="Error">Why nothing was written; empty where something was.</param>
public sealed record PartReport(long Version, int Range, RangePart? Part, string Error)
{
    public string ToText() => JsonSerializer.Serialize(this, CheckpointJson.Default.PartReport);

    public static PartReport Parse(string text) => JsonSerializer.Deserialize(text, CheckpointJson.Default.PartReport)!;
}
