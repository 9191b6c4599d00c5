using System.Collections.Concurrent;
using System.Threading.Channels;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>How one run of an experiment went.</summary>
/// <param name="Record">What its events told.</param>
/// <param name="Result">How it ended; made up of what was seen, where it failed.</param>
/// <param name="Seen">Observations of the nodes.</param>
/// <param name="Injected">What was done to it.</param>
/// <param name="WallSeconds">From its start to its end.</param>
internal sealed record RunOutcome(RunRecord Record, JobResult Result, RunObservations Seen, IReadOnlyList<InjectedEvent> Injected, double WallSeconds);

/// <summary>
/// One run of an experiment's job on real processes: observes its nodes and does to them what the <see cref="Conductor"/> says. Everything
/// that happens comes through one channel, one after the other.
/// </summary>
/// <param name="setup">Job and cluster.</param>
/// <param name="conduct">Makes the conductor once the job's steps an epoch are known; null leaves the run undisturbed.</param>
/// <param name="view">Shows progress.</param>
internal sealed class DisturbedRun(ExperimentSetup setup, Func<long, Conductor>? conduct, ExperimentView view, TimeProvider time)
{
    /// <summary>Events are due at steps, and steps take milliseconds.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Who hosts what is asked this often, so that it is known when a victim is drawn.</summary>
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(500);

    private readonly Channel<Happening> _happenings = Channel.CreateUnbounded<Happening>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, ExperimentNode> _nodes = [];
    private readonly Lock _starting = new();
    private readonly RunObservations _seen = new();
    private Conductor? _conductor;

    /// <summary>One, and one more each time that all of its processes were killed and the job is resumed.</summary>
    private readonly ConcurrentQueue<LocalCluster> _hosts = [];
    private long _earlierSteps;
    private TimeSpan _askedAt;
    private int _started;
    private volatile bool _isAborted;

    /// <summary>Runs the job to its end, whatever that is.</summary>
    /// <param name="modelFolder">Receives the model.</param>
    /// <exception cref="OperationCanceledException">Aborted.</exception>
    public async Task<RunOutcome> RunAsync(string modelFolder)
    {
        var begin = time.GetTimestamp();
        var submission = setup.Submission(modelFolder);
        var record = new RunRecord(submission.JobId, setup.Job, setup.Nodes, setup.Replicas, setup.Threads);
        Exception? error;
        try
        {
            BeginHost(submission);
            using var ticks = conduct is null ? null : time.CreateTimer(_ => _happenings.Writer.TryWrite(new Ticked()), null, TickInterval, TickInterval);
            (record, error) = await FollowAsync(record, submission);
        }
        finally
        {
            await Task.WhenAll(_hosts.ToArray().Select(host => host.DisposeAsync().AsTask()));
        }

        if (_isAborted)
            throw new OperationCanceledException();
        var result = record.Result ?? Unfinished(record, error ?? new CommandException("the job gave no result", ExitCode.Failed));
        _conductor?.Finish(_seen.Elapsed, result.Steps, result.State);
        return new RunOutcome(record, result, _seen, _conductor?.Injected ?? [], time.GetElapsedTime(begin).TotalSeconds);
    }

    /// <summary>Ends the run now and leaves no process. From any thread.</summary>
    public void Abort()
    {
        _isAborted = true;
        foreach (var host in _hosts.ToArray())
            host.Abort();
    }

    private LocalCluster Host => _hosts.Last();

    private void BeginHost(JobSubmission submission)
    {
        var host = new LocalCluster(setup.Nodes, StartNode, time);
        _hosts.Enqueue(host);
        if (_isAborted)
            throw new OperationCanceledException();
        _ = PumpAsync(host, submission);
    }

    /// <summary>Commits are seen more finely than the coordinator tells of its progress.</summary>
    private JobResult Unfinished(RunRecord record, Exception error)
    {
        var result = record.Unfinished("failed", Failure.Of(error).Reason, ExitCode.Failed);
        return result with { Steps = Math.Max(result.Steps, _seen.Commits.Step) };
    }

    private INodeProcess StartNode(string name, Action<ManagedReport> received)
    {
        ExperimentNode? node;
        lock (_starting)
        {
            if (!_nodes.TryGetValue(name, out node))
                _nodes[name] = node = new ExperimentNode(name);
            (node.Process, node.Address, node.HasJoined, node.HostsCoordinator, node.HostsRange) = (null, null, false, false, false);
        }

        var number = Interlocked.Increment(ref _started);
        var process = NodeProcess.Start(name, setup.NodeArguments, report =>
        {
            // The host manages; what only an experiment asks for is ours.
            if (report.Observed is null && report.LinkLost is null && report.Status is null)
                received(report);
            _happenings.Writer.TryWrite(new NodeSaid(name, number, report));
        });
        (node.Process, node.Number) = (process, number);
        process.Send(new ManagedOrder { Observe = true });
        return process;
    }

    private async Task PumpAsync(LocalCluster host, JobSubmission submission)
    {
        Exception? error = null;
        try
        {
            await foreach (var jobEvent in host.RunAsync(submission))
                _happenings.Writer.TryWrite(new JobHappened(jobEvent));
        }
        catch (Exception exception)
        {
            error = exception;
        }

        _happenings.Writer.TryWrite(new HostEnded(host, error));
    }

    private async Task<(RunRecord Record, Exception? Error)> FollowAsync(RunRecord record, JobSubmission submission)
    {
        await foreach (var happening in _happenings.Reader.ReadAllAsync())
        {
            switch (happening)
            {
                case JobHappened { Event: var jobEvent }:
                    record = (record with { EarlierSteps = _earlierSteps }).With(jobEvent);
                    Take(jobEvent);
                    view.Show(record, jobEvent);
                    break;
                case NodeSaid said:
                    Take(said);
                    break;
                case HostEnded { Error: not null } ended when ended.Host != Host || _conductor is { AwaitsResume: true }:
                    break;
                case HostEnded ended:
                    return (record, ended.Error);
            }

            if (_conductor is not null && record.Result is null)
                Conduct(submission);
        }

        throw new InvalidOperationException("the channel of happenings was closed");
    }

    private void Take(JobEvent jobEvent)
    {
        switch (jobEvent)
        {
            case JobStarted started:
                _seen.Begin(started);
                foreach (var node in Nodes().Where(node => node.Address is { } address && started.Nodes.Contains(address)))
                    node.HasJoined = true;
                _conductor ??= conduct?.Invoke(started.StepsPerEpoch);
                AskStatus();
                break;
            case EpochClosed { Row: var row }:
                _seen.Take(row);
                break;
            case ClusterChanged { Change: var change }:
                var about = Nodes().FirstOrDefault(node => node.Address == change.Node);
                if (about is not null && change.Kind == "node-joined")
                    about.HasJoined = true;
                // Who has the work now is not whom it was taken from.
                _seen.Take(change.Kind.StartsWith("node-", StringComparison.Ordinal) ? about?.Name ?? "" : "", change.Kind, _seen.Elapsed);
                AskStatus();
                break;
        }
    }

    private void Take(NodeSaid said)
    {
        var node = Nodes().First(node => node.Name == said.Node);
        if (said.Report.Observed is { } portion)
            _seen.Take(said.Node, portion);
        if (node.Number != said.Number)
            return; // an earlier process of that name
        if (said.Report.Listening is { } address)
        {
            node.Address = address;
            SendFaults();
        }

        if (said.Report.Job is not null)
        {
            foreach (var other in Nodes())
                other.HostsCoordinator = other == node;
        }

        if (said.Report.LinkLost is { } lost)
            _seen.Take(Nodes().FirstOrDefault(other => other.Address == lost.Node)?.Name ?? lost.Node, "link-failed", _seen.Since(lost.At));
        foreach (var state in said.Report.Status?.Nodes ?? [])
        {
            if (Nodes().FirstOrDefault(other => other.Address == state.Address) is { } known)
                (known.HostsRange, known.HasJoined) = (state.Primaries.Count > 0, true);
        }
    }

    private void Conduct(JobSubmission submission)
    {
        var elapsed = _seen.Elapsed;
        if (elapsed - _askedAt >= StatusInterval)
            AskStatus();
        var known = _conductor!.Injected.Count;
        foreach (var action in _conductor.Advance(elapsed, _seen.Commits.Step, new ClusterView([.. Nodes().Select(node => node.View)])))
            Do(action, submission);
        foreach (var injected in _conductor.Injected.Skip(known))
            view.Show(injected);
    }

    private void Do(ConductorAction action, JobSubmission submission)
    {
        switch (action)
        {
            case KillNode { Node: var name }:
                Of(name)?.Process?.Kill();
                break;
            case FreezeNode { Node: var name, IsFrozen: var isFrozen } when Of(name) is { IsRunning: true } node:
                ProcessFreezer.Set(node.Process!.Id, isFrozen);
                break;
            case StartNewNode { Node: var name }:
                Host.Add(name);
                break;
            case RemoveNode { Node: var name }:
                Host.Remove(name);
                break;
            case SetNodeFaults { Node: var name, Faults: var faults }:
                lock (_starting)
                {
                    if (!_nodes.TryGetValue(name, out var faulty))
                        _nodes[name] = faulty = new ExperimentNode(name);
                    faulty.Faults = faults;
                }

                SendFaults();
                break;
            case ResumeJob:
                _earlierSteps = _seen.Commits.Step;
                BeginHost(submission with { Resume = true });
                break;
        }
    }

    /// <summary>To every node, because addresses change when nodes are restarted; telling it twice changes nothing.</summary>
    private void SendFaults()
    {
        if (!setup.InjectsFaults)
            return;
        var addresses = Nodes().Where(node => node.Address is not null).ToDictionary(node => node.Name, node => node.Address!);
        foreach (var node in Nodes().Where(node => node is { IsRunning: true, Address: not null }))
        {
            node.Process!.Send(new ManagedOrder
            {
                Faults = new FaultsOrder(
                    [.. node.Faults.Cut.Where(addresses.ContainsKey).Select(name => addresses[name])],
                    node.Faults.Delays.Where(delay => addresses.ContainsKey(delay.Key)).ToDictionary(delay => addresses[delay.Key], delay => delay.Value.TotalMilliseconds),
                    node.Faults.Slowdown),
            });
        }
    }

    private void AskStatus()
    {
        _askedAt = _seen.Elapsed;
        if (conduct is not null)
            Nodes().FirstOrDefault(node => node is { HostsCoordinator: true, IsRunning: true })?.Process!.Send(new ManagedOrder { AskStatus = true });
    }

    private ExperimentNode? Of(string name) => Nodes().FirstOrDefault(node => node.Name == name);

    private List<ExperimentNode> Nodes()
    {
        lock (_starting)
            return [.. _nodes.Values];
    }
}
