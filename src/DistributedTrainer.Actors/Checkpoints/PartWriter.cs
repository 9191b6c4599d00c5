using System.Globalization;
using System.Security.Cryptography;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>Writes one range of a checkpoint. Takes as long as the disk does: on a thread of its own, never on an actor's.</summary>
internal static class PartWriter
{
    /// <param name="checkpoints">The folder of all checkpoints; it is made anew where it has vanished.</param>
    /// <param name="snapshot">Not released.</param>
    /// <param name="ranges">Ranges of the job.</param>
    /// <exception cref="IOException">The disk is full, or failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static RangePart Write(string checkpoints, RangeSnapshot snapshot, int ranges)
    {
        var range = snapshot.Range;
        var folder = CheckpointNames.Folder(checkpoints, snapshot.Version);
        Directory.CreateDirectory(folder);
        FolderFlush.Flush(checkpoints);
        // A manifest that is here already was found unfit, or this run would have begun from it: it must not vouch for the new part.
        File.Delete(Path.Combine(folder, CheckpointNames.Manifest));
        var path = Path.Combine(folder, CheckpointNames.Part(range.Index, ranges));
        long bytes = 0;
        var sha256 = "";
        try
        {
            WholeFile.Write(path, WriteAll);
        }
        catch
        {
            RemoveIfEmpty(folder);
            throw;
        }

        return new RangePart(
            range.Index, range.Begin, range.Length, Path.GetFileName(path), bytes, sha256, snapshot.Moments.Count, snapshot.BestVersion, snapshot.Epoch,
            snapshot.RunSamples);

        void WriteAll(Stream file)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var head = new MemoryStream();
            SafetensorsWriter.Begin(head, [.. snapshot.Arrays.Select(array => (array.Name, (IReadOnlyList<int>)[range.Length]))], new Dictionary<string, string>
            {
                ["version"] = snapshot.Version.ToString(CultureInfo.InvariantCulture),
                ["begin"] = range.Begin.ToString(CultureInfo.InvariantCulture),
            });
            Append(head.GetBuffer().AsSpan(0, (int)head.Length));
            foreach (var (_, values) in snapshot.Arrays)
                Append(values.Bytes);
            sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());

            void Append(ReadOnlySpan<byte> block)
            {
                file.Write(block);
                hash.AppendData(block);
                bytes += block.Length;
            }
        }
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Other ranges are in it, or it is gone.
        }
    }
}
