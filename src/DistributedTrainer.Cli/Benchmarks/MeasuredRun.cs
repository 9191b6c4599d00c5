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

    public MeasuredRun(MeasuredNodes nodes, StepWindow window, TimeProvider time)
    {
        if (nodes.Count == 1)
        {
            _here = new StepRecorder(window, time);
            _measurements = [_here.Completed];
            _host = new SingleProcess(nodes.Threads, nodes.Config is null ? null : ConfigFile.Read(nodes.Config)!.Text);
            return;
        }

        var reports = Enumerable.Range(0, nodes.Count).Select(_ => new TaskCompletionSource<StepMeasurement>(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
        _measurements = [.. reports.Select(report => report.Task)];
        var started = 0;
        _host = new LocalCluster(nodes.Count, StartMeasured, time);

        INodeProcess StartMeasured(string name, Action<ManagedReport> received)
        {
            var measured = reports[started++];
            var node = NodeProcess.Start(name, nodes.Arguments(), report =>
            {
                if (report.Measured is { } measurement)
                    measured.TrySetResult(measurement);
                else
                    received(report);
            });
            node.Send(new ManagedOrder { Measure = window });
            return node;
        }
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

/// <summary>The nodes of a measurement.</summary>
/// <param name="Count">1 for this process alone.</param>
/// <param name="Threads">Compute threads of each.</param>
/// <param name="Config">A file with HOCON for each, if any.</param>
/// <param name="ExchangeOnly">Node processes compute nothing: see <see cref="Actors.NodeOptions.ExchangeOnly"/>.</param>
internal sealed record MeasuredNodes(int Count, int Threads, string? Config, bool ExchangeOnly = false)
{
    public string[] Arguments() =>
    [
        .. NodeProcess.Arguments(Threads),
        .. Config is null ? (string[])[] : ["--config", Config],
        .. ExchangeOnly ? (string[])[NodeCommand.ExchangeOnly] : [],
    ];
}
