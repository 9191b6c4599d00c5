namespace DistributedTrainer.Coordination;

/// <summary>Whether a job may go on from a checkpoint.</summary>
public static class ResumeCheck
{
    /// <summary>The recipe and the arithmetic; the data are compared once nodes have loaded them.</summary>
    /// <param name="place">The checkpoint's folder, for messages.</param>
    /// <param name="arithmetic">This build's arithmetic version.</param>
    /// <returns>Why not; null where it may.</returns>
    public static string? WhyNot(CheckpointManifest manifest, string place, Job job, int arithmetic)
    {
        if (manifest.Arithmetic != arithmetic)
            return $"{place} was written by arithmetic {manifest.Arithmetic}, this build has arithmetic {arithmetic}: the weights would be neither's; resume with the build that wrote it";
        var harmful = RecipeDifference.Between(JobFile.Parse(manifest.Job, "the checkpoint's job"), job).Where(difference => !difference.IsHarmless).ToList();
        return harmful.Count == 0
            ? null
            : $"{place} is of another recipe: {string.Join("; ", harmful)}. Resume with the job that was run (job.yaml in the report folder), or begin anew in another report folder";
    }
}
