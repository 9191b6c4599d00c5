namespace DistributedTrainer.Data;

/// <summary>A folder of PNG files: their paths and classes, in an order that no file system decides.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Files">By row: the file, and its class's name; null where the files lie in the folder itself, without classes.</param>
internal sealed record ImageFolder(string Path, IReadOnlyList<(string File, string? Class)> Files)
{
    /// <summary>One folder a class; classes in the order of <see cref="LabelColumn.Sort"/>, files by code unit.</summary>
    /// <exception cref="DataException">No such folder, no classes, a class without images, or a file that is no PNG.</exception>
    public static ImageFolder OfClasses(string path)
    {
        var names = Names(path, Directory.EnumerateDirectories);
        if (names.Count == 0)
            throw new DataException($"{path}: no folders in it; images need one folder a class, with the class's PNG files in it.");
        if (Names(path, Directory.EnumerateFiles).FirstOrDefault() is { } stray)
            throw new DataException($"{System.IO.Path.Combine(path, stray)}: a file beside the folders of the classes; it has no class. Move it into one.");
        return new ImageFolder(path, [.. LabelColumn.Sort(names).SelectMany(name => FilesIn(System.IO.Path.Combine(path, name)).Select(file => (file, (string?)name)))]);
    }

    /// <summary>Images to predict: in folders of classes, which do not count, or in the folder itself.</summary>
    public static ImageFolder OfAny(string path) =>
        Names(path, Directory.EnumerateDirectories).Count > 0 ? OfClasses(path) : new ImageFolder(path, [.. FilesIn(path).Select(file => (file, (string?)null))]);

    private static IEnumerable<string> FilesIn(string folder)
    {
        var names = Names(folder, Directory.EnumerateFiles);
        if (names.Count == 0)
            throw new DataException($"{folder}: no PNG files in it.");
        if (names.Find(name => !name.EndsWith(".png", StringComparison.OrdinalIgnoreCase)) is { } other)
            throw new DataException($"{System.IO.Path.Combine(folder, other)}: not a .png file. Images are PNG files; remove it, or save it as one.");
        return names.Select(name => System.IO.Path.Combine(folder, name));
    }

    /// <summary>Sorted by code unit; what begins with a dot is the file system's own.</summary>
    private static List<string> Names(string folder, Func<string, IEnumerable<string>> entries)
    {
        try
        {
            return [.. entries(folder).Select(entry => System.IO.Path.GetFileName(entry)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException error)
        {
            throw new DataException($"{folder}: no such folder.", error) { IsMissing = true };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: cannot be read as a folder: {error.Message}", error);
        }
    }
}
