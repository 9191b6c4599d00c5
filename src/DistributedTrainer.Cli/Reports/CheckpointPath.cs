using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Where a job's checkpoints lie.</summary>
internal static class CheckpointPath
{
    /// <summary>Of a report.</summary>
    public const string Folder = "checkpoints";

    /// <returns>checkpoint.path, else a folder in the report; null where the job wants none.</returns>
    /// <exception cref="CommandException">The job is to be resumed, and nothing says from where.</exception>
    public static string? Of(Job job, ReportFolder? report, bool resume)
    {
        if (job.Checkpoint.Every.Unit == CheckpointUnit.Never && !resume)
            return null;
        var path = job.Checkpoint.Path ?? report?.PathOf(Folder);
        return path is null && resume
            ? throw new CommandException("--resume needs checkpoint.path in the job: a folder that the coordinator and all servers share", ExitCode.WrongInput)
            : path;
    }
}
