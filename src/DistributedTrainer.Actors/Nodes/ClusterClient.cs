using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Works with a running cluster from outside, without joining it: <c>submit</c>, <c>status</c>, <c>cancel</c>.</summary>
public sealed class ClusterClient : IAsyncDisposable
{
    private static readonly TimeSpan FollowAgainAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SilenceBound = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system;
    private readonly Contacts _contacts;

    private ClusterClient(ActorSystem system, Contacts contacts) => (_system, _contacts) = (system, contacts);

    /// <summary>Finds a seed that answers and runs the same build.</summary>
    /// <param name="hocon">The configuration, of which <c>dtrain.tls</c> counts; null for none.</param>
    /// <param name="hoconName">Its file.</param>
    /// <exception cref="NodeStartException">
    /// No seed answered within the timeout, the cluster runs another build, or one of the two refuses the other's certificate: exit code 3.
    /// </exception>
    public static async Task<ClusterClient> ConnectAsync(IReadOnlyList<string> seeds, TimeSpan timeout, string? hocon = null, string hoconName = "")
    {
        var places = seeds.Select(NodeSystem.ParseHostAndPort).ToList();
        var system = Start(hocon, hoconName);
        using var bound = new CancellationTokenSource(timeout);
        try
        {
            var addresses = seeds.Select(seed => NodeSystem.ParseAddress(seed, system)).ToList();
            var asking = AskHellos(system, addresses, bound.Token);
            var refusal = SeedProbe.RefusalAsync(places, TlsIdentity.Of(system), bound.Token);
            if (await Task.WhenAny(asking, refusal).ConfigureAwait(false) == refusal && refusal.IsCompletedSuccessfully)
                throw new NodeStartException(await refusal.ConfigureAwait(false));
            return await asking.ConfigureAwait(false) is { } node
                ? new ClusterClient(system, new Contacts(system, node, addresses))
                : throw new NodeStartException(
                    $"waited {timeout.TotalSeconds:0} s for an answer from {string.Join(", ", seeds)}; check the address and that a node runs there");
        }
        catch
        {
            await system.Terminate().ConfigureAwait(false);
            throw;
        }
        finally
        {
            await bound.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands over a job; returns once the cluster has it.</summary>
    /// <exception cref="JobFileException">The cluster cannot read the job.</exception>
    /// <exception cref="NodeStartException">The coordinator did not answer in time.</exception>
    public async Task SubmitAsync(JobSubmission submission, TimeSpan timeout)
    {
        var answer = await AskRepeatedly<Answer>(
            Message(submission), timeout).ConfigureAwait(false);
        if (!answer.Accepted)
            throw new NodeStartException(answer.Reason, 2);
    }

    internal static SubmitJob Message(JobSubmission submission) => new(
        submission.JobId, submission.JobText, submission.MinNodes, submission.Servers, submission.Replicas, submission.ModelFolder)
    {
        CheckpointFolder = submission.CheckpointFolder,
        Resume = submission.Resume,
    };

    /// <summary>Events of a job until it has finished, each once. Survives a move of the coordinator.</summary>
    public async IAsyncEnumerable<JobEvent> FollowAsync(string jobId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<JobEvent>();
        var follower = _system.ActorOf(Props.Create(() => new FollowerActor(jobId, _contacts, events.Writer)));
        var seen = new HashSet<string>();
        try
        {
            await foreach (var jobEvent in events.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                if (jobEvent is not StepProgress && !seen.Add(IdentityOf(jobEvent)))
                    continue;
                yield return jobEvent;
                if (jobEvent is JobFinished)
                    yield break;
            }
        }
        finally
        {
            _system.Stop(follower);
        }
    }

    /// <summary>Copies the finished job's model folder (model.safetensors, model.json) into a local folder.</summary>
    /// <exception cref="NodeStartException">The node that saved the model does not answer or has it no more.</exception>
    public async Task FetchModelAsync(string jobId, string folder, TimeSpan timeout)
    {
        foreach (var name in ModelPieces.Files)
        {
            await using var file = File.Create(Path.Combine(folder, name));
            long total;
            do
            {
                var piece = await AskRepeatedly<ModelPiece>(new FetchModelPiece(jobId, name, file.Position), timeout).ConfigureAwait(false);
                total = piece.Total;
                if (total == 0 || (piece.Bytes.Length == 0 && file.Position < total))
                    throw new NodeStartException($"the cluster no longer has {name} of job {jobId}: the node that saved it is gone");
                await file.WriteAsync(piece.Bytes).ConfigureAwait(false);
            }
            while (file.Position < total);
        }
    }

    public async Task<ClusterStatus> StatusAsync(TimeSpan timeout)
    {
        var text = await AskRepeatedly<StatusText>(new AskStatus(), timeout).ConfigureAwait(false);
        return JsonSerializer.Deserialize(text.Json, ClusterStatusJson.Default.ClusterStatus)!;
    }

    /// <summary>False where no such job exists.</summary>
    public async Task<bool> CancelAsync(string jobId, TimeSpan timeout) =>
        (await AskRepeatedly<Answer>(new CancelJob(jobId, "cancelled", 0), timeout).ConfigureAwait(false)).Accepted;

    public async ValueTask DisposeAsync() => await _system.Terminate().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);

    /// <summary>An actor system that calls and is never called: answers come back on its own connections.</summary>
    private static ActorSystem Start(string? hocon, string hoconName)
    {
        var shipped = NodeSystem.Shipped("node.conf");
        var own = hocon is null ? Config.Empty : UserConfiguration.Parse(hocon, hoconName);
        var identity = TlsSettings.Read(own.WithFallback(shipped), hoconName, CertificateFiles.Client) is { } tls ? TlsIdentity.Load(tls, host: null, TimeProvider.System) : null;
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.loglevel = ERROR
            akka.loggers = ["DistributedTrainer.Actors.StandardErrorLogger, DistributedTrainer.Actors"]
            {{(identity is null ? "" : TlsIdentity.Hocon)}}
            """).WithFallback(shipped);
        return ActorSystem.Create(
            "dtrain-client", ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(config), .. identity?.Setups() ?? []]));
    }

    /// <returns>The first node that answers; null for none within the bound.</returns>
    private static async Task<Address?> AskHellos(ActorSystem system, IEnumerable<Address> addresses, CancellationToken bound)
    {
        var asked = addresses.Select(address => AskHello(system, address, bound)).ToList();
        while (asked.Count > 0)
        {
            var first = await Task.WhenAny(asked).ConfigureAwait(false);
            asked.Remove(first);
            if (await first.ConfigureAwait(false) is { } node)
                return node;
        }

        return null;
    }

    private static async Task<Address?> AskHello(ActorSystem system, Address address, CancellationToken bound)
    {
        var node = Contacts.NodeAt(system, address);
        while (true)
        {
            try
            {
                var answer = await node.Ask<string>(Greeting.Hello(BuildFingerprint.Current), TimeSpan.FromSeconds(2), bound).ConfigureAwait(false);
                return Greeting.IsRefused(answer, out var reason) ? throw new NodeStartException($"{address.Host}:{address.Port}: {reason}") : address;
            }
            catch (Exception error) when (error is AskTimeoutException && !bound.IsCancellationRequested)
            {
                // Messages may be lost while the connection is made: ask again within the bound.
            }
            catch (Exception error) when (error is AskTimeoutException or TaskCanceledException)
            {
                return null;
            }
        }
    }

    /// <summary>Requests are idempotent, so a lost one is simply asked again within the bound.</summary>
    private async Task<TAnswer> AskRepeatedly<TAnswer>(IControlMessage message, TimeSpan timeout)
    {
        using var bound = new CancellationTokenSource(timeout);
        while (true)
        {
            try
            {
                return await _contacts.Current.Ask<TAnswer>(message, TimeSpan.FromSeconds(2), bound.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is AskTimeoutException or TaskCanceledException)
            {
                if (bound.IsCancellationRequested)
                    throw new NodeStartException($"waited {timeout.TotalSeconds:0} s for the coordinator's answer to {message.GetType().Name}", 3, error);
                _contacts.TryNext();
            }
        }
    }

    private static string IdentityOf(JobEvent jobEvent) => jobEvent switch
    {
        EpochClosed epoch => $"epoch {epoch.Row.Epoch} {epoch.Row.Step}",
        ClusterChanged changed => changed.Change.ToString(),
        _ => jobEvent.GetType().Name,
    };

    /// <summary>Asks again and again, because a new coordinator does not know its followers; tries another node after silence.</summary>
    private sealed class FollowerActor : ReceiveActor, IWithTimers
    {
        private readonly FollowJob _follow;
        private TimeSpan _silence;

        public FollowerActor(string jobId, Contacts contacts, ChannelWriter<JobEvent> events)
        {
            _follow = new FollowJob(jobId);
            Receive<FollowJob>(follow =>
            {
                _silence += FollowAgainAfter;
                if (_silence > SilenceBound)
                    events.TryComplete(new NodeStartException($"nobody in the cluster has answered for {SilenceBound.TotalSeconds:0} s; the job may go on without its follower"));
                if (_silence > 2 * FollowAgainAfter)
                    contacts.TryNext();
                contacts.Current.Tell(follow);
            });
            Receive<Answer>(answer =>
            {
                _silence = TimeSpan.Zero;
                if (!answer.Accepted)
                    events.TryComplete(new NodeStartException(answer.Reason, 2));
            });
            Receive<JobEventText>(text =>
            {
                _silence = TimeSpan.Zero;
                var jobEvent = JsonSerializer.Deserialize(text.Json, JobEventJson.Default.JobEvent)!;
                contacts.Learn(jobEvent);
                events.TryWrite(jobEvent);
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer(_follow, _follow, TimeSpan.Zero, FollowAgainAfter);
    }
}
