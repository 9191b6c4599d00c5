using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>
/// Reads a range of the state out of a checkpoint, whatever ranges it was written in. Each file is checked again before it is read: another
/// node has chosen the checkpoint, a while ago, and may see another disk.
/// </summary>
internal static class CheckpointReader
{
    /// <param name="folder">One checkpoint's folder.</param>
    /// <param name="version">The version that it must hold.</param>
    /// <param name="range">The range that is wanted, perhaps parts of several files.</param>
    /// <returns>The state in buffers of the pool; the caller releases it.</returns>
    /// <exception cref="DataException">The checkpoint is not there, or not the one that was named, or was altered since.</exception>
    public static RangeSnapshot Read(string folder, long version, ServerRange range, BufferPool pool)
    {
        var (manifest, reason) = CheckpointFolder.Read(folder);
        if (manifest is null || manifest.Version != version)
            throw new DataException($"the checkpoint of step {version} cannot be read: {folder}: {(manifest is null ? reason : $"it is that of step {manifest.Version}")}");
        var moments = manifest.Parts[0].Moments;
        var hasBest = manifest.KeptVersion >= 0;
        var snapshot = new RangeSnapshot(
            range,
            version,
            Rent(),
            [.. Enumerable.Range(0, moments).Select(_ => Rent())],
            hasBest ? Rent() : null,
            manifest.KeptVersion,
            manifest.Parts[0].Epoch,
            manifest.Parts[0].RunSamples);
        try
        {
            foreach (var part in manifest.Parts)
                Fill(snapshot, part, folder);
            return snapshot;
        }
        catch
        {
            snapshot.Release();
            throw;
        }

        TensorSlice Rent() => new(pool.Rent(range.Length), 0, range.Length);
    }

    private static void Fill(RangeSnapshot snapshot, RangePart part, string folder)
    {
        var begin = Math.Max(snapshot.Range.Begin, part.Begin);
        var end = Math.Min(snapshot.Range.Begin + snapshot.Range.Length, part.Begin + part.Length);
        if (begin >= end)
            return;
        if (CheckpointFolder.WhyDamaged(part, folder) is { } reason)
            throw new DataException($"the checkpoint of step {snapshot.Version} cannot be read: {folder}: {reason}");
        using var file = SafetensorsFile.Open(Path.Combine(folder, part.File));
        foreach (var (name, values) in snapshot.Arrays)
            file.ReadPart(name, begin - part.Begin, values.Floats.Slice(begin - snapshot.Range.Begin, end - begin));
    }
}
