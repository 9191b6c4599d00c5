using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Trains a job from C# in this process, through the same actors that a cluster uses; the weights are the same too.</summary>
public static class Trainer
{
    /// <summary>Runs a job to its end.</summary>
    /// <param name="job">The job.</param>
    /// <param name="modelFolder">Receives model.safetensors and model.json.</param>
    /// <param name="threads">Compute threads; 0 for one a core. They change the speed only.</param>
    /// <param name="servers">Server ranges. They change nothing but who updates what.</param>
    /// <param name="progress">Hears every event.</param>
    /// <param name="cancellation">Stops the run at the next step; the result then says so.</param>
    /// <exception cref="JobFileException">The job contradicts itself.</exception>
    /// <exception cref="TrainingException">The run failed; the message says why.</exception>
    public static async Task<JobResult> TrainAsync(
        Job job, string modelFolder, int threads = 0, int servers = 1, IProgress<JobEvent>? progress = null, CancellationToken cancellation = default)
    {
        var text = JobFile.Format(job);
        JobFile.Parse(text, job.Name); // what the coordinator would refuse is refused here, with the reason
        var node = await ClusterNode.StartAsync(new NodeOptions { Clustered = false, Threads = threads }).ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            var finished = new TaskCompletionSource<JobResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            node.JobEvents += jobEvent =>
            {
                progress?.Report(jobEvent);
                if (jobEvent is JobFinished end)
                    finished.TrySetResult(end.Result);
            };
            const string id = "job";
            node.Submit(new JobSubmission(id, text, 1, servers, 0, modelFolder));
            using var registration = cancellation.Register(() => node.Cancel(id, "cancelled", 130));
            if (await Task.WhenAny(finished.Task, node.Stopped).ConfigureAwait(false) == node.Stopped)
                throw new InvalidOperationException((await node.Stopped.ConfigureAwait(false)).Reason);
            var result = await finished.Task.ConfigureAwait(false);
            return result.State == "failed" ? throw new TrainingException(result) : result;
        }
    }
}

/// <summary>A run that failed.</summary>
public sealed class TrainingException(JobResult result) : Exception(result.StopReason)
{
    public JobResult Result => result;
}
