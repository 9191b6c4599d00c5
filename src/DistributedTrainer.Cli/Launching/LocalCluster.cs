using System.Threading.Channels;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>
/// A cluster of node processes on this machine for one job. It starts them, has the others join the first, hands the job to the first and
/// passes on its events. Once the job runs, the others go on without a node that dies; the last one's end is the run's. None outlives it:
/// nodes end when told, when killed, or when their standard input closes with this process.
/// </summary>
internal sealed class LocalCluster(int nodes, StartNode start, TimeProvider time) : IJobHost
{
    /// <summary>From the start of the processes to the job in the coordinator's hands.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How long nodes may take to end when the job is over, before they are killed.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(700);

    /// <summary>A signal to all processes reaches a node and its launcher within this; then the launcher's stop counts, not the node's leave.</summary>
    private static readonly TimeSpan SameSignal = TimeSpan.FromMilliseconds(250);

    private readonly List<INodeProcess> _nodes = [];
    private readonly Channel<News> _news = Channel.CreateUnbounded<News>();

    public async IAsyncEnumerable<JobEvent> RunAsync(JobSubmission submission)
    {
        for (var index = 0; index < nodes; index++)
            Start($"node-{index + 1}");
        var addresses = new List<string?>(new string?[nodes]);
        var accepted = false;
        CancelWanted? cancel = null;
        var leaving = new HashSet<int>();
        var ended = new HashSet<int>();
        var deadline = Task.Delay(StartTimeout, time);
        while (true)
        {
            switch (await NextAsync())
            {
                case Reported { Report.Listening: { } address, Node: var node }:
                    addresses[node] = address;
                    Introduce(node);
                    break;
                case Reported { Report.Job: { } jobEvent }:
                    accepted = true;
                    if (jobEvent is ClusterChanged { Change.Kind: "coordinator-moved" })
                        PassCancelOn(); // the one before may have taken the first word with it
                    yield return jobEvent;
                    if (jobEvent is JobFinished)
                        yield break;
                    break;
                case Reported { Report.Failed: not null } when accepted:
                    break; // it ends for a reason of its own, and its end is told
                case Reported { Report.Failed: { } failed, Node: var node }:
                    throw new CommandException($"{_nodes[node].Name}: {failed.Message}", failed.ExitCode);
                case Reported { Report.Leaving: true, Node: var node }:
                    _ = AfterSameSignalAsync(new LeaveWanted(node));
                    break;
                case LeaveWanted { Node: var node } when cancel is null:
                    leaving.Add(node);
                    _nodes[node].Send(new ManagedOrder { Leave = true });
                    break;
                // The newest of that name: those before it have ended.
                case RemovalWanted { Name: var name } when _nodes.FindLastIndex(node => node.Name == name) is >= 0 and var node:
                    _news.Writer.TryWrite(new LeaveWanted(node));
                    break;
                case NodeWanted { Name: var name }:
                    Begin(name);
                    break;
                case Ended { Node: var node, Code: 0 } when leaving.Contains(node) && leaving.Union(ended).Count() < _nodes.Count:
                    ended.Add(node);
                    break;
                case Ended { Node: var node, Code: ExitCode.NotAdmitted } when accepted && Others(node).Any():
                    // The cluster went on without it: its process ended itself, and a fresh one takes its place.
                    ended.Add(node);
                    Bury(node);
                    Begin(_nodes[node].Name);
                    break;
                case Ended { Node: var node } when accepted && Others(node).Any():
                    ended.Add(node);
                    Bury(node);
                    break;
                case Ended { Node: var node, Code: var code }:
                    throw Died(_nodes[node], code);
                case CancelWanted when addresses[0] is null:
                    throw new OperationCanceledException();
                case CancelWanted wanted:
                    cancel = wanted;
                    PassCancelOn();
                    break;
            }
        }

        void Begin(string name)
        {
            addresses.Add(null);
            Start(name);
        }

        // Processes that can be talked to; one may have ended whose end is not told yet.
        IEnumerable<int> Others(int node) => Enumerable.Range(0, _nodes.Count)
            .Where(other => other != node && addresses[other] is not null && !ended.Contains(other) && !_nodes[other].Exited.IsCompleted);

        void PassCancelOn()
        {
            if (cancel is null)
                return;
            var node = Enumerable.Range(0, _nodes.Count).Where(node => !leaving.Contains(node) && !ended.Contains(node)).FirstOrDefault();
            _nodes[node].Send(new ManagedOrder { Cancel = new CancelOrder(submission.JobId, cancel.Reason, cancel.ExitCode) });
        }

        void Bury(int node)
        {
            if (addresses[node] is { } address && Others(node).FirstOrDefault(-1) is >= 0 and var other)
                _nodes[other].Send(new ManagedOrder { Down = address });
        }

        async ValueTask<News> NextAsync()
        {
            if (accepted)
                return await _news.Reader.ReadAsync();
            var next = _news.Reader.ReadAsync().AsTask();
            if (await Task.WhenAny(next, deadline) == next)
                return await next;
            var silent = Enumerable.Range(0, _nodes.Count).Where(node => addresses[node] is null).Select(node => _nodes[node].Name).ToList();
            throw new CommandException(
                silent.Count > 0
                    ? $"waited {StartTimeout.TotalSeconds:0} s for {string.Join(", ", silent)} to listen"
                    : $"waited {StartTimeout.TotalSeconds:0} s for the coordinator to take the job",
                ExitCode.Failed);
        }

        void Introduce(int node)
        {
            if (accepted)
            {
                // A node that comes later joins whoever is there; the first may be gone.
                _nodes[node].Send(new ManagedOrder { Join = [.. Others(node).Select(other => addresses[other]!)] });
            }
            else if (node == 0)
            {
                for (var other = 0; other < _nodes.Count; other++)
                {
                    if (addresses[other] is not null)
                        _nodes[other].Send(new ManagedOrder { Join = [addresses[0]!] });
                }

                _nodes[0].Send(new ManagedOrder { Submit = submission });
            }
            else if (addresses[0] is { } first)
            {
                _nodes[node].Send(new ManagedOrder { Join = [first] });
            }
        }
    }

    public void Cancel(string reason, int exitCode) => _news.Writer.TryWrite(new CancelWanted(reason, exitCode));

    /// <summary>Starts one more process, which joins the others: a further node, or one in the place of a dead one. From any thread.</summary>
    public void Add(string name) => _news.Writer.TryWrite(new NodeWanted(name));

    /// <summary>Has a node hand its work over and end, as on a signal of its own. From any thread.</summary>
    public void Remove(string name) => _news.Writer.TryWrite(new RemovalWanted(name));

    public void Abort()
    {
        foreach (var node in _nodes.ToArray())
            node.Kill();
        _news.Writer.TryComplete(new OperationCanceledException());
    }

    public async ValueTask DisposeAsync()
    {
        var stop = new ManagedOrder { Stop = true };
        foreach (var node in _nodes)
            node.Send(stop);
        var ended = Task.WhenAll(_nodes.Select(node => node.Exited));
        if (await Task.WhenAny(ended, Task.Delay(StopTimeout, time)) == ended)
            return;
        foreach (var node in _nodes)
            node.Kill();
        await Task.WhenAny(ended, Task.Delay(StartTimeout, time));
    }

    private async Task AfterSameSignalAsync(News news)
    {
        await Task.Delay(SameSignal, time);
        _news.Writer.TryWrite(news);
    }

    private void Start(string name)
    {
        var index = _nodes.Count;
        var node = start(name, report => _news.Writer.TryWrite(new Reported(index, report)));
        _nodes.Add(node);
        node.Exited.ContinueWith(
            exited => _news.Writer.TryWrite(new Ended(index, exited.Result)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static CommandException Died(INodeProcess node, int code)
    {
        var errors = node.LastErrors;
        var tail = errors.Count == 0 ? "" : $"{Environment.NewLine}its last lines:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", errors)}";
        return new CommandException($"{node.Name} died (exit code {code}){tail}", ExitCode.Failed);
    }

    private abstract record News;

    private sealed record Reported(int Node, ManagedReport Report) : News;

    private sealed record Ended(int Node, int Code) : News;

    private sealed record LeaveWanted(int Node) : News;

    private sealed record RemovalWanted(string Name) : News;

    private sealed record NodeWanted(string Name) : News;

    private sealed record CancelWanted(string Reason, int ExitCode) : News;
}
