using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>Trains a job as <c>dtrain train</c> does, in this process or on node processes, and has each of its nodes measure the steps of a window.</summary>
internal sealed class MeasuredRun : IAsyncDisposable
{
    /// <summary>From the job's end to the last node's figures.</summary>
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(20);

    private readonly StepRecorder? _here;
    private readonly Task<StepMeasurement>[] _measurements;
    private readonly IJobHost _host;

    /// <param name="exchangeOnly">Nodes compute nothing: see <see cref="Actors.NodeOptions.ExchangeOnly"/>. For two nodes or more.</param>
    public MeasuredRun(int nodes, int threads, StepWindow window, TimeProvider time, bool exchangeOnly = false)
    {
        if (nodes == 1)
        {
            _here = new StepRecorder(window, time);
            _measurements = [_here.Completed];
            _host = new SingleProcess(threads);
            return;
        }

        var reports = Enumerable.Range(0, nodes).Select(_ => new TaskCompletionSource<StepMeasurement>(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
        _measurements = [.. reports.Select(report => report.Task)];
        var started = 0;
        _host = new LocalCluster(nodes, StartMeasured, time);

        INodeProcess StartMeasured(string name, Action<ManagedReport> received)
        {
            var measured = reports[started++];
            var node = NodeProcess.Start(name, NodeArguments(), report =>
            {
                if (report.Measured is { } measurement)
                    measured.TrySetResult(measurement);
                else
                    received(report);
            });
            node.Send(new ManagedOrder { Measure = window });
            return node;
        }

        string[] NodeArguments() => exchangeOnly ? [.. NodeProcess.Arguments(threads), NodeCommand.ExchangeOnly] : NodeProcess.Arguments(threads);
    }

    /// <returns>How the job ended, and by node what it measured.</returns>
    /// <exception cref="CommandException">The job failed, or a node did.</exception>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public async Task<(JobResult Result, IReadOnlyList<StepMeasurement> Nodes)> RunAsync(JobSubmission submission)
    {
        using var interruption = new Interruption(_host.Abort, HardExit.Now);
        await foreach (var jobEvent in _host.RunAsync(submission))
        {
            if (jobEvent is not JobFinished { Result: var result })
                continue;
            if (result.ExitCode != ExitCode.Done)
                throw new CommandException(result.StopReason, result.ExitCode);
            return (result, await Task.WhenAll(_measurements).WaitAsync(ReportTimeout));
        }

        throw new CommandException("the job gave no result", ExitCode.Failed);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _here?.Dispose();
    }
}
