namespace DistributedTrainer.Actors;

/// <summary>Folders that files may lie in, and below.</summary>
/// <param name="key">What the list is called in a configuration.</param>
/// <param name="folders">Absolute; null for any.</param>
internal sealed class FolderList(string key, IReadOnlyList<string>? folders)
{
    /// <summary>More links than this on one path are a circle.</summary>
    private const int MostLinks = 40;

    private readonly IReadOnlyList<string>? _real = folders is null ? null : [.. folders.Select(folder => Real(folder) ?? folder)];

    /// <param name="path">Null or empty for none.</param>
    /// <returns>Why the path is not allowed; null if it is.</returns>
    public string? Refusal(string? path)
    {
        if (_real is null || string.IsNullOrEmpty(path))
            return null;
        if (Path.IsPathRooted(path) && Real(path) is { } real && _real.Any(folder => IsIn(real, folder)))
            return null;
        return $"{path}: this node lets jobs use {(_real.Count == 0 ? "no folder" : string.Join(", ", folders!))} only; "
            + $"put it there, or add its folder to {key} in the node's configuration";
    }

    private static bool IsIn(string path, string folder) =>
        path == folder || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path without "..", and without symbolic links as far as it exists; null for a circle of them.</summary>
    private static string? Real(string path)
    {
        var links = 0;
        var left = new Stack<string>(Parts(Path.GetFullPath(path)));
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        while (left.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (entry.LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                return null;
            var linked = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(linked)!;
            foreach (var step in Parts(linked))
                left.Push(step);
        }

        return real;
    }

    /// <summary>Last first.</summary>
    private static IEnumerable<string> Parts(string path) =>
        path[Path.GetPathRoot(path)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse();
}
