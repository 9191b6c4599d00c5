using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Akka.Actor;
using DistributedTrainer.Actors;

namespace DistributedTrainer.Cli;

/// <summary>A node that a launcher started: it takes orders from standard input, reports on standard output and ends with its launcher.</summary>
internal sealed class ManagedNode : IDisposable
{
    /// <summary>Time to join the first node of a cluster that is starting on a busy machine.</summary>
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(2);

    /// <summary>When the launcher is gone its other nodes go as well, so there is nobody to hand work to.</summary>
    private static readonly TimeSpan OrphanTimeout = TimeSpan.FromSeconds(2);

    private readonly StreamWriter _reports;
    private readonly PosixSignalRegistration[] _signals;
    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClusterNode? _node;
    private StepRecorder? _recorder;
    private NodeObserver? _observer;

    private ManagedNode()
    {
        _reports = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        // Whatever else writes to the console must not get between the reports.
        Console.SetOut(Console.Error);
        // A terminal's Ctrl-C goes to every process of its group. It is meant for the launcher, who tells us what to do.
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                // The signal may have gone to the launcher as well, who then stops the job for all: it decides.
                context.Cancel = true;
                Report(new ManagedReport { Leaving = true });
            }),
        ];
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(NodeOptions options)
    {
        using var managed = new ManagedNode();
        // From the very start, so that a launcher that dies early is noticed too; orders come after "listening".
        new Thread(managed.TakeOrders) { IsBackground = true, Name = "orders" }.Start();
        try
        {
            var node = managed._node = await ClusterNode.StartAsync(options);
            node.LinkFailures += managed.Tell;
            node.JobEvents += jobEvent => managed.Report(new ManagedReport { Job = jobEvent });
            _ = managed.EndWithNodeAsync(node);
            managed.Report(new ManagedReport { Listening = node.Address });
            return await managed._done.Task;
        }
        catch (NodeStartException exception)
        {
            return managed.Fail(exception);
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _recorder?.Dispose();
        _observer?.Dispose();
    }

    private void TakeOrders()
    {
        using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        while (input.ReadLine() is { } line)
            Obey(ManagedOrder.Parse(line));
        _ = LeaveAsync(OrphanTimeout);
    }

    private void Obey(ManagedOrder order)
    {
        if (order.Measure is { } window)
        {
            _ = MeasureAsync(window);
            return;
        }

        if (order.Observe)
        {
            _observer = new NodeObserver(observed => Report(new ManagedReport { Observed = observed }));
            return;
        }

        var node = _node!;
        if (order.Join is { } seeds)
            _ = JoinAsync(node, seeds);
        if (order.Submit is { } submission)
            node.Submit(submission);
        if (order.Cancel is { } cancel)
            node.Cancel(cancel.JobId, cancel.Reason, cancel.ExitCode);
        if (order.AskStatus)
            _ = TellStatusAsync(node);
        if (order.Faults is { } faults)
            node.Faults?.Set(faults.Cut, faults.DelaysMs.ToDictionary(delay => delay.Key, delay => TimeSpan.FromMilliseconds(delay.Value)), faults.Slowdown);
        if (order.Down is { } ended)
            node.Down(ended);
        if (order.Leave)
            _ = LeaveAsync(LeaveTimeout);
        if (order.Stop)
            HardExit.Now();
    }

    private async Task MeasureAsync(StepWindow window)
    {
        _recorder = new StepRecorder(window, TimeProvider.System);
        Report(new ManagedReport { Measured = await _recorder.Completed });
    }

    private void Tell(LinkFailed failure)
    {
        if (_observer is not null)
            Report(new ManagedReport { LinkLost = new LinkLost(failure.Node, Stopwatch.GetTimestamp()) });
    }

    private async Task TellStatusAsync(ClusterNode node)
    {
        try
        {
            Report(new ManagedReport { Status = await node.StatusAsync(StatusTimeout) });
        }
        catch (Exception exception) when (exception is TimeoutException or AskTimeoutException)
        {
            // The coordinator is on its way to another node; whoever asked asks again.
        }
    }

    private async Task JoinAsync(ClusterNode node, IReadOnlyList<string> seeds)
    {
        try
        {
            await node.JoinAsync(seeds, JoinTimeout);
        }
        catch (NodeStartException exception)
        {
            _done.TrySetResult(Fail(exception));
        }
    }

    private async Task LeaveAsync(TimeSpan timeout)
    {
        HardExit.After(timeout + TimeSpan.FromSeconds(1));
        if (_node is { } node)
            await node.LeaveAsync(timeout);
        _done.TrySetResult(ExitCode.Done);
    }

    private async Task EndWithNodeAsync(ClusterNode node)
    {
        var (reason, exitCode) = await node.Stopped;
        if (exitCode != ExitCode.Done)
            Report(new ManagedReport { Failed = new NodeFailure(reason, exitCode) });
        _done.TrySetResult(exitCode);
    }

    private int Fail(NodeStartException exception)
    {
        Report(new ManagedReport { Failed = new NodeFailure(exception.Message, exception.ExitCode) });
        return exception.ExitCode;
    }

    private void Report(ManagedReport report)
    {
        try
        {
            lock (_reports)
                _reports.WriteLine(report.ToLine());
        }
        catch (IOException)
        {
            // The launcher is gone; the closed standard input ends this node.
        }
    }
}
