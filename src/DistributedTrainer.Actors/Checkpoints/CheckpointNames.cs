using System.Globalization;

namespace DistributedTrainer.Actors;

/// <summary>Where things lie in a checkpoint folder: <c>0000001200/range-0-of-2.safetensors</c>, <c>0000001200/manifest.json</c>.</summary>
internal static class CheckpointNames
{
    public const string Manifest = "manifest.json";
    public const string Parameters = "parameters";
    public const string Best = "best";

    private const string Digits = "D10";

    public static string Folder(string checkpoints, long version) => Path.Combine(checkpoints, version.ToString(Digits, CultureInfo.InvariantCulture));

    public static string Part(int range, int ranges) => string.Create(CultureInfo.InvariantCulture, $"range-{range}-of-{ranges}.safetensors");

    /// <summary>An array of optimizer state; Adam has two.</summary>
    public static string Moment(int index) => string.Create(CultureInfo.InvariantCulture, $"optimizer.{index}");

    /// <summary>The checkpoints' folders with their versions, newest first; empty where there is no such folder.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<(long Version, string Folder)> All(string checkpoints)
    {
        if (!Directory.Exists(checkpoints))
            return [];
        return
        [
            .. Directory.EnumerateDirectories(checkpoints)
                .Where(folder => long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(folder => (long.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), folder))
                .OrderByDescending(pair => pair.Item1),
        ];
    }
}
