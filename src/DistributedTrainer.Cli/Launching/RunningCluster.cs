using System.Runtime.CompilerServices;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>A job on a cluster that others run. Ctrl-C ends the watching, not the job.</summary>
/// <param name="client">Connected; not ours to dispose.</param>
/// <param name="modelFolder">Where to copy the finished model, if anywhere.</param>
internal sealed class RunningCluster(ClusterClient client, string? modelFolder) : IJobHost
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _watching = new();

    /// <param name="config">A configuration's file; null for the environment's, if any.</param>
    public static Task<ClusterClient> ConnectAsync(IReadOnlyList<string> seeds, string? config)
    {
        var file = ConfigFile.Read(config);
        return ClusterClient.ConnectAsync(seeds, ConnectTimeout, file?.Text, file?.Path ?? "");
    }

    public IAsyncEnumerable<JobEvent> RunAsync(JobSubmission submission) => RunAsync(submission, _watching.Token);

    public void Cancel(string reason, int exitCode) => Abort();

    public void Abort() => _watching.Cancel();

    public ValueTask DisposeAsync()
    {
        _watching.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<JobEvent> RunAsync(JobSubmission submission, [EnumeratorCancellation] CancellationToken watching)
    {
        await client.SubmitAsync(submission, RequestTimeout);
        await foreach (var jobEvent in client.FollowAsync(submission.JobId, watching))
        {
            if (jobEvent is JobFinished { Result.WeightsSha256.Length: > 0 } && modelFolder is not null)
                await client.FetchModelAsync(submission.JobId, modelFolder, FetchTimeout);
            yield return jobEvent;
            if (jobEvent is JobFinished)
                yield break;
        }
    }
}
