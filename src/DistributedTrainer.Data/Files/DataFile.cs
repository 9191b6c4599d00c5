namespace DistributedTrainer.Data;

/// <summary>Opens the user's files, with errors that name the path.</summary>
internal static class DataFile
{
    public static FileStream OpenRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: no such file.", error) { IsMissing = true };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new DataException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The first bytes of a file, fewer where it is shorter.</summary>
    public static byte[] Beginning(string path, int bytes)
    {
        using var stream = OpenRead(path);
        var beginning = new byte[bytes];
        return beginning[..stream.ReadAtLeast(beginning, bytes, throwOnEndOfStream: false)];
    }
}
