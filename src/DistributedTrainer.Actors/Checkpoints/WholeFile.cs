namespace DistributedTrainer.Actors;

/// <summary>Files that are there as a whole or not at all: written under a temporary name, flushed to disk, renamed, the folder flushed.</summary>
internal static class WholeFile
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file. A failure leaves what was there before, and no temporary file where the disk lets it be removed.</summary>
    /// <param name="path">The file's final name; its folder exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full, or the folder is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        // A name of its own for each process: one that was given up for dead may still be writing the same.
        var temporary = $"{path}.{Environment.ProcessId}{TemporarySuffix}";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            FolderFlush.Flush(Path.GetDirectoryName(path)!);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What kept it from being written may keep it from being removed; the error that counts is on its way.
        }
    }
}
