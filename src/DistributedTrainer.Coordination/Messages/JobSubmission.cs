namespace DistributedTrainer.Coordination;

/// <summary>A job on its way to the cluster.</summary>
/// <param name="JobId">Made by the client, so that a repeated submission is one job.</param>
/// <param name="JobText">The job file's canonical form, <see cref="JobFile.Format"/>.</param>
/// <param name="MinNodes">Start once this many nodes are ready.</param>
/// <param name="Servers">Server ranges; 0 for min(2, nodes).</param>
/// <param name="Replicas">Backups of each range.</param>
/// <param name="ModelFolder">
/// A folder on the coordinator's machine that receives model.safetensors and model.json; null where the client fetches them.
/// </param>
public sealed record JobSubmission(string JobId, string JobText, int MinNodes, int Servers, int Replicas, string? ModelFolder)
{
    /// <summary>
    /// The folder of the job's checkpoints, absolute, the same on the coordinator's machine and on those of all servers; null for none.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Go on from the newest valid checkpoint in that folder, where there is one. Otherwise the folder must hold none.</summary>
    public bool Resume { get; init; }
}
