using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Works with a running cluster from outside, without joining it: <c>submit</c>, <c>status</c>, <c>cancel</c>.</summary>
public sealed class ClusterClient : IAsyncDisposable
{
    /// <exception cref="NodeStartException">No seed answered within the timeout, or the cluster runs another build: exit code 3.</exception>
    public static Task<ClusterClient> ConnectAsync(IReadOnlyList<string> seeds, TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>Hands over a job; returns once the cluster has it.</summary>
    public Task SubmitAsync(JobSubmission submission, TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>Events of a job until it has finished. Survives a move of the coordinator.</summary>
    public IAsyncEnumerable<JobEvent> FollowAsync(string jobId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Copies the finished job's model folder (model.safetensors, model.json) into a local folder.</summary>
    public Task FetchModelAsync(string jobId, string folder, TimeSpan timeout) => throw new NotImplementedException();

    public Task<ClusterStatus> StatusAsync(TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>False where no such job exists.</summary>
    public Task<bool> CancelAsync(string jobId, TimeSpan timeout) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
