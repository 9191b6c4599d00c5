using System.Globalization;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// The folder of checkpoints that all processes share: what <see cref="CheckpointFolder"/> and <see cref="PartWriter"/> do, in memory. It
/// can be full, and a part can be torn or altered afterwards.
/// </summary>
internal sealed class SimulatedDisk(World world, Referee referee)
{
    public const string Folder = "/checkpoints";

    private readonly SortedDictionary<long, Version> _versions = [];
    private readonly Dictionary<int, float[][]> _written = [];

    public bool IsFull { get; set; }

    /// <summary>Off: checkpoints are used without a look at their parts. For a planted defect.</summary>
    public bool ChecksParts { get; set; } = true;

    /// <summary>On: a range that has been written before is written again as it was then. For a planted defect.</summary>
    public bool WritesOldRanges { get; set; }

    /// <summary>Whether there is any checkpoint.</summary>
    public bool HasAny => _versions.Values.Any(version => version.Manifest is not null);

    public void Put(long version, RangePart part, float[][] arrays)
    {
        var folder = FolderOf(version);
        folder.Manifest = null; // it must not vouch for the new part
        folder.Parts[part.File] = (part, arrays);
    }

    /// <summary>Something happens to the newest checkpoint after it was written.</summary>
    public void Damage()
    {
        if (_versions.Values.LastOrDefault(version => version.Manifest is not null) is not { } newest)
            return;
        var array = world.OneOf(newest.Parts.Values.ToList()).Arrays[0];
        array[world.Chance.Next(array.Length)] += 1;
    }

    public string Complete(CheckpointManifest manifest, int keep)
    {
        if (IsFull)
            return "the disk is full";
        var folder = FolderOf(manifest.Version);
        if (manifest.Parts.FirstOrDefault(part => folder.Parts.GetValueOrDefault(part.File).Part?.Bytes != part.Bytes) is { } missing)
            return $"{missing.File} has not arrived";
        if (CheckpointManifest.WhyNotWhole(manifest) is { } reason)
            return $"the parts do not make one state: {reason}";
        folder.Manifest = manifest.ToText();
        var complete = _versions.Where(pair => pair.Value.Manifest is not null).Select(pair => pair.Key).ToList();
        foreach (var obsolete in CheckpointRetention.Obsolete(complete, keep, manifest.Epochs.Count == 0 ? -1 : manifest.Epochs[^1].State.BestVersion))
            _versions.Remove(obsolete);
        return "";
    }

    public (CheckpointManifest Manifest, string Place)? FindNewest(List<string> notes)
    {
        foreach (var (version, folder) in _versions.Reverse())
        {
            if (folder.Manifest is null)
                continue;
            var (manifest, reason) = CheckpointManifest.Parse(folder.Manifest);
            if (manifest is null)
            {
                world.Violate($"the manifest of step {version} is none: {reason}");
                return null;
            }

            var damaged = manifest.Parts.FirstOrDefault(part => Hash(folder.Parts[part.File].Arrays) != part.Sha256);
            if (damaged is null || !ChecksParts)
                return (manifest, PlaceOf(version));
            notes.Add($"{version} is not used: {damaged.File} was altered");
        }

        return null;
    }

    /// <summary>Reads a range, whatever ranges it was written in.</summary>
    public RangeSnapshot Read(long version, ServerRange range, BufferPool pool)
    {
        var folder = _versions.TryGetValue(version, out var found) ? found : throw new IOException($"there is no checkpoint of step {version}");
        var manifest = CheckpointManifest.Parse(folder.Manifest ?? throw new IOException($"the checkpoint of step {version} has no manifest")).Manifest!;
        if (ChecksParts && manifest.Parts.FirstOrDefault(part => Overlaps(part, range) && Hash(folder.Parts[part.File].Arrays) != part.Sha256) is { } altered)
            throw new IOException($"{altered.File} was altered");
        var arrays = manifest.Parts[0].Moments + (manifest.KeptVersion >= 0 ? 2 : 1);
        if (manifest.Parts.FirstOrDefault(part => folder.Parts[part.File].Arrays.Length < arrays) is { } incomplete)
            throw new IOException($"{incomplete.File} has fewer arrays than the manifest says");
        var slices = new TensorSlice[arrays];
        for (var index = 0; index < arrays; index++)
        {
            slices[index] = new TensorSlice(pool.Rent(range.Length), 0, range.Length);
            foreach (var part in manifest.Parts)
                Fill(slices[index].Floats, range, part, folder.Parts[part.File].Arrays[index]);
        }

        var moments = manifest.Parts[0].Moments;
        return new RangeSnapshot(
            range, version, slices[0], slices[1..(1 + moments)], manifest.KeptVersion >= 0 ? slices[^1] : null, manifest.KeptVersion, manifest.Parts[0].Epoch,
            manifest.Parts[0].RunSamples);
    }

    public RangePart Write(RangeSnapshot snapshot, int ranges)
    {
        if (IsFull)
            throw new IOException("the disk is full");
        var arrays = snapshot.Arrays.Select(array => array.Values.Floats.ToArray()).ToArray();
        var range = snapshot.Range;
        if (WritesOldRanges && !_written.TryAdd(range.Index, arrays))
            arrays = _written[range.Index];
        var part = new RangePart(
            range.Index, range.Begin, range.Length, CheckpointNames.Part(range.Index, ranges), arrays.Sum(array => array.Length) * 4L, Hash(arrays), snapshot.Moments.Count,
            snapshot.BestVersion, snapshot.Epoch, snapshot.RunSamples);
        referee.Wrote(snapshot);
        Put(snapshot.Version, part, arrays);
        return part;
    }

    private static bool Overlaps(RangePart part, ServerRange range) => part.Begin < range.Begin + range.Length && range.Begin < part.Begin + part.Length;

    private static void Fill(Span<float> into, ServerRange range, RangePart part, float[] from)
    {
        var begin = Math.Max(range.Begin, part.Begin);
        var end = Math.Min(range.Begin + range.Length, part.Begin + part.Length);
        if (begin < end)
            from.AsSpan(begin - part.Begin, end - begin).CopyTo(into[(begin - range.Begin)..]);
    }

    private static string PlaceOf(long version) => string.Create(CultureInfo.InvariantCulture, $"{Folder}/{version}");

    private static string Hash(float[][] arrays)
    {
        uint checksum = 0;
        foreach (var array in arrays)
            checksum = Checksum.Continue(checksum, System.Runtime.InteropServices.MemoryMarshal.AsBytes(array.AsSpan()));
        return checksum.ToString("x8", CultureInfo.InvariantCulture);
    }

    private Version FolderOf(long version)
    {
        if (!_versions.TryGetValue(version, out var folder))
            _versions[version] = folder = new Version();
        return folder;
    }

    private sealed class Version
    {
        public Dictionary<string, (RangePart Part, float[][] Arrays)> Parts { get; } = [];

        public string? Manifest { get; set; }
    }
}
