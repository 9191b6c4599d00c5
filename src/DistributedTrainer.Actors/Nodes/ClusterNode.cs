using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Akka.Remote;
using DistributedTrainer.Coordination;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DistributedTrainer.Actors;

/// <summary>One running node: the actor system with its node actor and, where the role says so, a coordinator.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    /// <summary>Refused, or no longer a member: a supervisor starts the node again.</summary>
    private const int NotInTheCluster = 3;

    private readonly IHost _host;
    private readonly ActorSystem _system;
    private readonly IActorRef _nodeActor;
    private readonly IActorRef _seedWatch;
    private readonly TaskCompletionSource _welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(string Reason, int ExitCode)> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile string _reason = "the cluster went on without this node; start it again to rejoin";
    private volatile int _exitCode = NotInTheCluster;

    private ClusterNode(IHost host, NodeOptions options)
    {
        _host = host;
        _system = host.Services.GetRequiredService<ActorSystem>();
        _nodeActor = host.Services.GetRequiredService<ActorRegistry>().Get<NodeActor>();
        _seedWatch = host.Services.GetRequiredService<ActorRegistry>().TryGet<SeedWatchActor>(out var watch) ? watch : ActorRefs.Nobody;
        Address = options.Clustered ? NodeSystem.AddressOf(_system) : NodeSystem.LocalAddress;
        // Here rather than when that actor starts, which a busy machine delays: what is published before would be lost, the welcome too.
        var events = _system.ActorOf(Props.Create(() => new NodeEventsActor(this)));
        foreach (var type in new[] { typeof(JobEvent), typeof(LinkFailed), typeof(NodeWelcome), typeof(NodeRefused), typeof(ThisActorSystemQuarantinedEvent) })
            _system.EventStream.Subscribe(events, type);
        _system.WhenTerminated.ContinueWith(_ => _stopped.TrySetResult((_reason, _exitCode)), TaskScheduler.Default);
    }

    /// <summary>Every event of every job, on the node that hosts the coordinator.</summary>
    public event Action<JobEvent>? JobEvents;

    /// <summary>Every link of the data plane that failed, as this node sees it; from any thread.</summary>
    public event Action<LinkFailed>? LinkFailures;

    /// <summary>What an experiment does to this node; null unless <see cref="NodeOptions.CanInjectFaults"/>.</summary>
    public FaultInjection? Faults => FaultInjection.Find(_system);

    /// <summary>host:port that others may use as a seed.</summary>
    public string Address { get; }

    /// <summary>Completes when the node has shut down: the reason, and the exit code that a process should end with.</summary>
    public Task<(string Reason, int ExitCode)> Stopped => _stopped.Task;

    /// <summary>Starts the actor system; with <see cref="NodeOptions.Clustered"/> it listens, but joins nobody yet.</summary>
    /// <exception cref="NodeStartException">The port is in use, or the configuration is wrong.</exception>
    public static async Task<ClusterNode> StartAsync(NodeOptions options)
    {
        PortCheck.RequireFree(options);
        // Only the hosting of actors is wanted, without the host's own configuration files, logging and console lifetime.
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddAkka(NodeSystem.Name, akka => NodeSystem.Compose(akka, options));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var host = builder.Build();
        try
        {
            // Made here rather than by the host, which would print an error of its own where this fails.
            _ = host.Services.GetRequiredService<ActorSystem>();
            await host.StartAsync().ConfigureAwait(false);
            return new ClusterNode(host, options);
        }
        catch (Exception error)
        {
            host.Dispose();
            throw NodeSystem.Explain(error, options);
        }
    }

    /// <summary>Joins the cluster of these seeds (host:port); its own address alone starts a cluster. Bounded by <paramref name="timeout"/>.</summary>
    /// <exception cref="NodeStartException">No seed answered, or the cluster refused this node (another build).</exception>
    public async Task JoinAsync(IReadOnlyList<string> seeds, TimeSpan timeout)
    {
        using var bound = new CancellationTokenSource(timeout);
        var identity = TlsIdentity.Of(_system);
        var refusal = SeedProbe.RefusalAsync(seeds.Where(seed => seed != Address).Select(NodeSystem.ParseHostAndPort), identity, bound.Token);
        try
        {
            var joining = JoinAsync(seeds, bound.Token);
            if (await Task.WhenAny(joining, refusal).ConfigureAwait(false) == refusal && refusal.IsCompletedSuccessfully)
                throw new NodeStartException($"{Address} cannot join: {await refusal.ConfigureAwait(false)}");
            await joining.ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ClusterJoinFailedException)
        {
            throw new NodeStartException(
                $"waited {timeout.TotalSeconds:0} s to join the cluster of {string.Join(", ", seeds)}: no seed let {Address} in; "
                + (identity?.LastRefusal is { } last ? $"the last connection that this node refused: {last}" : "check that a node with the role coordinator runs there and that the port is reachable"),
                3, error);
        }
        finally
        {
            await bound.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task JoinAsync(IReadOnlyList<string> seeds, CancellationToken bound)
    {
        var addresses = seeds.Select(seed => NodeSystem.ParseAddress(seed, _system)).ToList();
        await Cluster.Get(_system).JoinSeedNodesAsync(addresses, bound).ConfigureAwait(false);
        _seedWatch.Tell(new WatchSeeds(addresses));
        var first = await Task.WhenAny(_welcome.Task, _stopped.Task).WaitAsync(bound).ConfigureAwait(false);
        if (first == _stopped.Task)
            throw new NodeStartException((await _stopped.Task.ConfigureAwait(false)).Reason);
    }

    /// <summary>What the cluster, as this node sees it now, survives and what it does not, in words.</summary>
    public string DescribeSurvival()
    {
        var voters = Cluster.Get(_system).State.Members.Count(member => member.HasRole("coordinator"));
        return Survival.Limits(SurvivalDowning.PolicyOf(_system.Settings.Config.GetConfig("dtrain")), voters);
    }

    /// <summary>Hands a job to the coordinator. Repeating it with the same id is one job.</summary>
    public void Submit(JobSubmission submission) => _nodeActor.Tell(ClusterClient.Message(submission));

    /// <summary>Stops a job at a step ahead of all nodes; its result then has state "stopped".</summary>
    /// <param name="exitCode">130 for a signal, 0 for a cancel.</param>
    public void Cancel(string jobId, string reason, int exitCode) => _nodeActor.Tell(new CancelJob(jobId, reason, exitCode));

    /// <summary>What the cluster does now; for <c>dtrain status</c>.</summary>
    /// <exception cref="TimeoutException">The coordinator did not answer in time.</exception>
    public async Task<ClusterStatus> StatusAsync(TimeSpan timeout)
    {
        var text = await _nodeActor.Ask<StatusText>(new AskStatus(), timeout).ConfigureAwait(false);
        return JsonSerializer.Deserialize(text.Json, ClusterStatusJson.Default.ClusterStatus)!;
    }

    /// <summary>
    /// Tells the cluster that the process of an address (host:port) has ended: membership follows at once, and not only when the node has
    /// been silent for long. Only who saw the process end may say so.
    /// </summary>
    public void Down(string address) => Cluster.Get(_system).Down(NodeSystem.ParseAddress(address, _system));

    /// <summary>Hands shards and ranges over, leaves the cluster, stops. Bounded by <paramref name="timeout"/>.</summary>
    public async Task LeaveAsync(TimeSpan timeout)
    {
        using var bound = new CancellationTokenSource(timeout * 2 / 3);
        (_reason, _exitCode) = ("left the cluster", 0);
        try
        {
            await _nodeActor.Ask<MayLeave>(new Leave(), bound.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TaskCanceledException or AskTimeoutException)
        {
            _reason = $"left the cluster without handing everything over: waited {timeout.TotalSeconds * 2 / 3:0} s for another node to take it";
        }

        try
        {
            await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(timeout / 3).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The others are going too, and nobody is left to confirm it.
        }

        _stopped.TrySetResult((_reason, 0));
    }

    /// <summary>Stops at once, without leaving: to others the node is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        _exitCode = 0;
        if (!_system.WhenTerminated.IsCompleted)
            await _system.Terminate().WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        _host.Dispose();
    }

    /// <summary>The node's actor system.</summary>
    internal ActorSystem System => _system;

    /// <summary>Ends as a killed process does: links close without goodbye, nobody is told. For tests within one process.</summary>
    /// <param name="others">The nodes that it has links with.</param>
    internal Task Kill(IEnumerable<string> others)
    {
        if (DataPlane.Of(_system).Transport is SocketTransport sockets)
        {
            foreach (var node in others)
                sockets.Fail(node, "this node is dead");
            sockets.Dispose();
        }

        return _system.Terminate();
    }

    internal void Publish(JobEvent jobEvent) => JobEvents?.Invoke(jobEvent);

    internal void Publish(LinkFailed failure) => LinkFailures?.Invoke(failure);

    internal void Welcome() => _welcome.TrySetResult();

    internal void Refused(string reason) => _stopped.TrySetResult((reason, NotInTheCluster));

    /// <summary>Signals are the command's business, not the host's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Carries events out of the actor system.</summary>
    private sealed class NodeEventsActor : ReceiveActor
    {
        public NodeEventsActor(ClusterNode node)
        {
            Receive<JobEvent>(node.Publish);
            Receive<LinkFailed>(node.Publish);
            Receive<NodeWelcome>(_ => node.Welcome());
            Receive<NodeRefused>(refused => node.Refused(refused.Reason));
            Receive<ThisActorSystemQuarantinedEvent>(_ => node.Refused(node._reason));
        }
    }
}
