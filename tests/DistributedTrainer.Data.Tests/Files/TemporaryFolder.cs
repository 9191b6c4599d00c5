using System.IO.Compression;

namespace DistributedTrainer.Data.Tests;

/// <summary>A folder of files for one test, removed with it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtrain-data-");

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    public string WriteText(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    public static byte[] Gzipped(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
