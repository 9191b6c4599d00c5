using System.Security.Cryptography;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>
/// A job's checkpoints on disk: finds the newest valid one, turns written parts into one, removes what need not be kept. Everything takes as
/// long as the disk does.
/// </summary>
internal static class CheckpointFolder
{
    /// <summary>Makes the folder, and sees that it can be written: a wrong path must show before hours of training and not after.</summary>
    /// <exception cref="DataException">It cannot; the message says why and what to do.</exception>
    public static void Prepare(string checkpoints)
    {
        try
        {
            Directory.CreateDirectory(checkpoints);
            var probe = Path.Combine(checkpoints, $"probe{WholeFile.TemporarySuffix}");
            File.WriteAllBytes(probe, [0]);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataException(
                $"cannot write checkpoints to {checkpoints}: {exception.Message}; set checkpoint.path to a folder that can be written, or checkpoint.every to never", exception);
        }
    }

    /// <summary>The newest checkpoint whose files are all as its manifest says. Folders without a manifest are none, and not spoken of.</summary>
    /// <param name="notes">Receives which checkpoints are damaged, and how.</param>
    /// <returns>Null where there is none.</returns>
    public static (CheckpointManifest Manifest, string Folder)? FindNewest(string checkpoints, List<string> notes)
    {
        foreach (var (version, folder) in CheckpointNames.All(checkpoints))
        {
            if (!File.Exists(Path.Combine(folder, CheckpointNames.Manifest)))
                continue;
            var (manifest, reason) = Read(folder);
            reason = manifest is null ? reason : WhyDamaged(manifest, version, folder);
            if (reason is null)
                return (manifest!, folder);
            notes.Add($"{folder} is not used: {reason}");
        }

        return null;
    }

    /// <summary>Whether any checkpoint is there, valid or not.</summary>
    public static bool HasAny(string checkpoints) =>
        CheckpointNames.All(checkpoints).Any(pair => File.Exists(Path.Combine(pair.Folder, CheckpointNames.Manifest)));

    /// <summary>Reads the manifest alone.</summary>
    /// <returns>The manifest, or why there is none.</returns>
    public static (CheckpointManifest? Manifest, string Reason) Read(string folder)
    {
        var path = Path.Combine(folder, CheckpointNames.Manifest);
        try
        {
            var (manifest, reason) = CheckpointManifest.Parse(File.ReadAllText(path));
            return (manifest, manifest is null ? $"{CheckpointNames.Manifest}: {reason}" : "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>Writes the manifest, which makes the written parts a checkpoint; then removes what need not be kept.</summary>
    /// <param name="manifest">Its parts are what servers say that they have written.</param>
    /// <exception cref="DataException">A part is not to be seen from here: the folder is not shared.</exception>
    /// <exception cref="IOException">The disk is full, or failed.</exception>
    public static void Complete(string checkpoints, CheckpointManifest manifest, int keep)
    {
        var folder = CheckpointNames.Folder(checkpoints, manifest.Version);
        foreach (var part in manifest.Parts)
        {
            var file = new FileInfo(Path.Combine(folder, part.File));
            if (!file.Exists || file.Length != part.Bytes)
            {
                throw new DataException(
                    $"{file.FullName} has {(file.Exists ? $"{file.Length} bytes" : "not arrived")} on the coordinator's machine, and its server has written {part.Bytes} bytes; "
                    + "the checkpoint folder must be one folder for all servers and the coordinator: a shared one, or all on one machine");
            }
        }

        if (CheckpointManifest.WhyNotWhole(manifest) is { } reason)
            throw new DataException($"the parts of step {manifest.Version} do not make one state: {reason}");
        WholeFile.Write(Path.Combine(folder, CheckpointNames.Manifest), file => file.Write(System.Text.Encoding.UTF8.GetBytes(manifest.ToText())));
        RemoveStrangers(folder, manifest);
        RemoveObsolete(checkpoints, manifest, keep);
    }

    private static string? WhyDamaged(CheckpointManifest manifest, long version, string folder)
    {
        if (manifest.Version != version)
            return $"its manifest is that of step {manifest.Version}";
        return manifest.Parts.Select(part => WhyDamaged(part, folder)).FirstOrDefault(reason => reason is not null);
    }

    /// <summary>Whether a part's file is the one that the manifest vouches for.</summary>
    /// <returns>Why it is not; null where it is.</returns>
    public static string? WhyDamaged(RangePart part, string folder)
    {
        var path = Path.Combine(folder, part.File);
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length != part.Bytes)
                return $"{part.File} has {file.Length} bytes; its manifest says {part.Bytes}";
            var found = Convert.ToHexStringLower(SHA256.HashData(file));
            return found == part.Sha256 ? null : $"{part.File} has SHA-256 {found}; its manifest says {part.Sha256}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return File.Exists(path) ? $"{part.File}: {exception.Message}" : $"{part.File} is missing";
        }
    }

    /// <summary>Parts of an earlier attempt at this version with other ranges.</summary>
    private static void RemoveStrangers(string folder, CheckpointManifest manifest)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(path) is var name && name != CheckpointNames.Manifest && manifest.Parts.All(part => part.File != name))
                File.Delete(path);
        }
    }

    /// <summary>What was saved before is removed only now that something newer is safe. Older folders without a manifest were never finished.</summary>
    private static void RemoveObsolete(string checkpoints, CheckpointManifest newest, int keep)
    {
        var all = CheckpointNames.All(checkpoints);
        var complete = all.Where(pair => File.Exists(Path.Combine(pair.Folder, CheckpointNames.Manifest))).ToList();
        var best = newest.Epochs.Count == 0 ? -1 : newest.Epochs[^1].State.BestVersion;
        var obsolete = CheckpointRetention.Obsolete(complete.Select(pair => pair.Version), keep, best);
        foreach (var (version, folder) in all)
        {
            if (obsolete.Contains(version) || (version < newest.Version && !complete.Contains((version, folder))))
                Remove(folder);
        }
    }

    private static void Remove(string folder)
    {
        // The manifest first: whatever interrupts this, what is left is not taken for a checkpoint.
        File.Delete(Path.Combine(folder, CheckpointNames.Manifest));
        Directory.Delete(folder, recursive: true);
    }
}
