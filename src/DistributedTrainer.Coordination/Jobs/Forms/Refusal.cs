using System.Text.Json.Nodes;

namespace DistributedTrainer.Coordination;

/// <summary>Why a known key or word is not accepted.</summary>
internal static class Refusal
{
    public static string NotYet(string what) => $"{what} is not yet supported by this version";

    /// <summary>A schema that nothing meets, with the reason for editors to show.</summary>
    public static JsonObject Schema(string reason) => new() { ["not"] = new JsonObject(), ["description"] = reason };
}
