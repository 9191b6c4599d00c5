using System.Text.Json;

namespace DistributedTrainer.Tests;

/// <summary>
/// Golden numbers that PyTorch wrote in float64: the files beside the tests, or those of the folder in DTRAIN_GOLDEN, made with
/// another seed and of other shapes.
/// </summary>
internal static class GoldenFile
{
    public static IReadOnlyList<JsonElement> Cases(string name)
    {
        var folder = Environment.GetEnvironmentVariable("DTRAIN_GOLDEN");
        if (string.IsNullOrEmpty(folder))
            folder = Path.Combine(AppContext.BaseDirectory, "golden");
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, name)));
        return [.. file.RootElement.GetProperty("cases").Clone().EnumerateArray()];
    }

    /// <summary>Rows for a theory: the case's index, and its name so that a failure says what failed.</summary>
    public static TheoryData<int, string> Rows(string name, Func<JsonElement, string> describe)
    {
        var rows = new TheoryData<int, string>();
        foreach (var (index, item) in Cases(name).Index())
            rows.Add(index, describe(item));
        return rows;
    }

    public static double[] Array(this JsonElement item, string name) =>
        [.. item.GetProperty(name).GetProperty("data").EnumerateArray().Select(value => value.GetDouble())];

    public static float[] Floats(this JsonElement item, string name) => [.. item.Array(name).Select(value => (float)value)];

    public static int[] Shape(this JsonElement item, string name) =>
        [.. item.GetProperty(name).GetProperty("shape").EnumerateArray().Select(value => value.GetInt32())];

    public static double Number(this JsonElement item, string name, double otherwise) =>
        item.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

    public static bool Flag(this JsonElement item, string name, bool otherwise) =>
        item.TryGetProperty(name, out var value) ? value.GetBoolean() : otherwise;
}
