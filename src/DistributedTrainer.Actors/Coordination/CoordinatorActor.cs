using System.Diagnostics;
using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// The cluster's coordinator, a singleton: feeds messages to <see cref="CoordinatorLogic"/> and delivers what it decides. When it
/// starts on another node it first reads the longest copy of the book that nodes have kept.
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    public const string Name = "coordinator";
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private readonly CoordinatorLogic _logic;
    private readonly string _self;
    private readonly string _fingerprint;
    private readonly Cluster? _cluster;
    private readonly Dictionary<string, IActorRef> _nodes = [];
    private readonly Dictionary<string, HashSet<IActorRef>> _followers = [];
    private readonly BookGathering _gathering = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly long _started = Stopwatch.GetTimestamp();

    public CoordinatorActor(string self, string fingerprint, CoordinatorTimeouts timeouts)
    {
        (_self, _fingerprint) = (self, fingerprint);
        _logic = new CoordinatorLogic(self, fingerprint, timeouts);
        _cluster = Context.System.Settings.HasCluster ? Cluster.Get(Context.System) : null;
        Gathering();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private TimeSpan Now => Stopwatch.GetElapsedTime(_started);

    protected override void PreStart()
    {
        _cluster?.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(TickMessage.Instance, TickMessage.Instance, TickInterval);
    }

    protected override void PostStop() => _cluster?.Unsubscribe(Self);

    // ---- taking over ------------------------------------------------------------------------------------------------------

    private void Gathering()
    {
        Receive<string>(Greet);
        Receive<NodeReport>(report =>
        {
            _nodes[report.Node.Address] = Sender;
            _gathering.Take(report);
            Gather();
        });
        Receive<KeepBookEntry>(entry =>
        {
            _gathering.Take(_nodes.FirstOrDefault(node => node.Value.Equals(Sender)).Key ?? "", entry);
            BeginWhenGathered();
        });
        Receive<ClusterEvent.MemberRemoved>(removed =>
        {
            _gathering.Forget(NodeSystem.AddressOf(removed.Member.Address));
            Stash.Stash(); // the logic hears it too
        });
        Receive<TickMessage>(_ => Gather());
        ReceiveAny(_ => Stash.Stash());
    }

    private void Gather()
    {
        var members = _cluster?.State.Members.Count(member => member.Status == MemberStatus.Up) ?? 1;
        if (_gathering.Decide(members, Now) is var (node, ask))
            _nodes[node].Tell(ask);
        BeginWhenGathered();
    }

    private void BeginWhenGathered()
    {
        if (_gathering.Book is not { } book)
            return;
        _logic.Recover(book, _gathering.Reports, Now);
        if (_cluster is not null)
            _logic.HandleMembers(_cluster.State.Members.Select(member => NodeSystem.AddressOf(member.Address)).ToHashSet(), Now);

        // What the coordinator before this one told last may have died with it: whoever listens here hears all of it, again or not.
        foreach (var jobEvent in _logic.JobIds.SelectMany(_logic.Replay))
            Context.System.EventStream.Publish(jobEvent);
        Begin();
    }

    private void Begin()
    {
        Become(Coordinating);
        foreach (var report in _gathering.Reports)
            _logic.Handle(report, Now);
        Deliver();
        Stash.UnstashAll();
    }

    // ---- coordinating -----------------------------------------------------------------------------------------------------

    private void Coordinating()
    {
        Receive<string>(Greet);
        Input<NodeReport>(report =>
        {
            _nodes[report.Node.Address] = Sender;
            _logic.Handle(report, Now);
        });
        Input<StepReport>(report => _logic.Handle(report, Now));
        Input<EpochReport>(report => _logic.Handle(report, Now));
        Input<RunFailed>(failure => _logic.Handle(failure, Now));
        Input<ModelSaved>(saved => _logic.Handle(saved, Now));
        Input<CheckpointsOpened>(opened => _logic.Handle(opened, Now));
        Input<CheckpointCompleted>(completed => _logic.Handle(completed, Now));
        Input<TickMessage>(_ => _logic.Tick(Now));
        Input<SubmitJob>(submit =>
        {
            var answer = _logic.Submit(submit, Now);
            Sender.Tell(answer);
        });
        Input<CancelJob>(cancel => Sender.Tell(_logic.Cancel(cancel, Now)));
        Receive<FollowJob>(Follow);
        Receive<AskStatus>(_ => Sender.Tell(new StatusText(JsonSerializer.Serialize(_logic.Status(), ClusterStatusJson.Default.ClusterStatus))));
        Receive<FetchModelPiece>(Fetch);
        Input<ClusterEvent.MemberRemoved>(removed => Gone(removed));
    }

    private void Input<TInput>(Action<TInput> handle) => Receive<TInput>(input =>
    {
        try
        {
            handle(input);
        }
        catch (Exception defect)
        {
            _log.Error(defect, "The coordinator could not handle {0}", input);
            _logic.Abort(defect, Now);
        }

        Deliver();
    });

    private void Greet(string text)
    {
        if (Greeting.IsHello(text, out var fingerprint, out var transport))
            Sender.Tell(Greeting.Answer(fingerprint, _fingerprint, transport, DataPlaneSettings.TransportOf(Context.System), _self));
    }

    private void Gone(ClusterEvent.MemberRemoved removed)
    {
        var address = NodeSystem.AddressOf(removed.Member.Address);
        _nodes.Remove(address);
        _logic.HandleGone(address, removed.PreviousStatus == MemberStatus.Exiting, Now);
    }

    private void Follow(FollowJob follow)
    {
        if (!_followers.TryGetValue(follow.JobId, out var followers))
            _followers[follow.JobId] = followers = [];
        Sender.Tell(_logic.Knows(follow.JobId) ? new Answer(true, "following") : new Answer(false, $"the cluster has no job {follow.JobId}"));
        if (!followers.Add(Sender) && !_logic.IsClosed(follow.JobId))
            return; // one that still asks after the end has missed it
        foreach (var jobEvent in _logic.Replay(follow.JobId))
            Sender.Tell(Text(jobEvent));
    }

    private void Fetch(FetchModelPiece piece)
    {
        if (_logic.Saver(piece.JobId) is { } node && _nodes.TryGetValue(node, out var saver))
            saver.Forward(new ServeModelPiece(_logic.RunOf(piece.JobId), piece.File, piece.Offset));
        else
            Sender.Tell(new ModelPiece(piece.File, piece.Offset, 0, []));
    }

    private void Deliver()
    {
        foreach (var decision in _logic.Drain())
        {
            switch (decision)
            {
                case TellNode tell:
                    if (_nodes.TryGetValue(tell.Node, out var node))
                        node.Tell(tell.Message);
                    break;
                case TellFollowers tell:
                    Context.System.EventStream.Publish(tell.Event);
                    foreach (var follower in _followers.GetValueOrDefault(tell.Event.JobId) ?? [])
                        follower.Tell(Text(tell.Event));
                    break;
                case Explain explain:
                    _log.Info(explain.Reason);
                    break;
                default:
                    throw new InvalidOperationException($"The coordinator decided {decision}, which nobody delivers.");
            }
        }
    }

    private static JobEventText Text(JobEvent jobEvent) =>
        new(jobEvent.JobId, JsonSerializer.Serialize(jobEvent, JobEventJson.Default.JobEvent));

    private sealed class TickMessage
    {
        public static TickMessage Instance { get; } = new();
    }
}
