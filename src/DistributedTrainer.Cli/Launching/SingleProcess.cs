using System.Threading.Channels;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>
/// Trains in this process, through the same actors as a cluster but without sockets. The node starts at once, beside whatever else has to
/// be done before the job is ready: most of both is compiling methods, and there is more than one core.
/// </summary>
/// <param name="threads">Compute threads.</param>
/// <param name="hocon">Settings before the built-in ones.</param>
internal sealed class SingleProcess(int threads, string? hocon = null) : IJobHost
{
    /// <summary>How long an ended node may take to wind down before the process leaves it behind.</summary>
    private static readonly TimeSpan WindDown = TimeSpan.FromMilliseconds(500);

    private readonly Channel<JobEvent> _events = Channel.CreateUnbounded<JobEvent>();
    private readonly Lock _gate = new();
    private readonly Task<ClusterNode> _starting = Task.Run(() => ClusterNode.StartAsync(new NodeOptions { Clustered = false, Threads = threads, Hocon = hocon }));
    private ClusterNode? _node;
    private string? _jobId;
    private bool _aborted;

    public async IAsyncEnumerable<JobEvent> RunAsync(JobSubmission submission)
    {
        var node = _node = await _starting;
        node.JobEvents += jobEvent => _events.Writer.TryWrite(jobEvent);
        _ = EndWithNodeAsync(node);
        lock (_gate)
        {
            if (_aborted)
                throw new OperationCanceledException();
            _jobId = submission.JobId;
            node.Submit(submission);
        }

        await foreach (var jobEvent in _events.Reader.ReadAllAsync())
        {
            yield return jobEvent;
            if (jobEvent is JobFinished)
                yield break;
        }
    }

    public void Cancel(string reason, int exitCode)
    {
        lock (_gate)
        {
            if (_jobId is null)
                Abort();
            else
                _node!.Cancel(_jobId, reason, exitCode);
        }
    }

    public void Abort()
    {
        lock (_gate)
            _aborted = true;
        _events.Writer.TryComplete(new OperationCanceledException());
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is null)
            return; // The job was wrong; the process ends before the node matters.
        try
        {
            await _node.DisposeAsync().AsTask().WaitAsync(WindDown);
        }
        catch (TimeoutException)
        {
            // The process ends now anyway, and the node with it.
        }
    }

    private async Task EndWithNodeAsync(ClusterNode node)
    {
        var (reason, exitCode) = await node.Stopped;
        _events.Writer.TryComplete(new CommandException($"the node stopped before the job was done: {reason}", exitCode == 0 ? ExitCode.Failed : exitCode));
    }
}
