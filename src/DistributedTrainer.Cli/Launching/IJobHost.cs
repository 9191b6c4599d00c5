using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Where a job runs: this process, node processes on this machine, or a cluster that runs already.</summary>
internal interface IJobHost : IAsyncDisposable
{
    /// <summary>Starts what it takes, hands the job over and gives its events, the last one a <see cref="JobFinished"/>.</summary>
    /// <exception cref="CommandException">A node could not start, or died.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before it began, or aborted.</exception>
    IAsyncEnumerable<JobEvent> RunAsync(JobSubmission submission);

    /// <summary>Asks for a stop at the next possible step; <see cref="JobFinished"/> follows. From any thread.</summary>
    void Cancel(string reason, int exitCode);

    /// <summary>Ends <see cref="RunAsync"/> now, whatever the job does. From any thread.</summary>
    void Abort();
}
