using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// Akka's hook for what to do with members that cannot be reached: <see cref="Survival"/> decides. Akka's own split-brain resolver ends
/// every survivor in some small clusters when one node is killed, and has no way to let each side go on.
/// </summary>
public sealed class SurvivalDowning(ActorSystem system, Cluster cluster) : IDowningProvider
{
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    public Props DowningActorProps
    {
        get
        {
            var config = system.Settings.Config.GetConfig("dtrain");
            var policy = PolicyOf(config);
            var stable = config.GetTimeSpan("survive-after");
            return Props.Create(() => new SurvivalActor(cluster, policy, stable));
        }
    }

    /// <exception cref="NodeStartException">The policy is not one.</exception>
    internal static SurvivePolicy PolicyOf(Config config)
    {
        var text = config.GetString("survive");
        return Enum.TryParse<SurvivePolicy>(text, ignoreCase: true, out var policy) && Enum.IsDefined(policy)
            ? policy
            : throw new NodeStartException($"dtrain.survive is '{text}'; allowed are auto, majority, any", 2);
    }
}

/// <summary>Watches who can be reached, and acts once that has not changed for a while.</summary>
internal sealed class SurvivalActor : ReceiveActor, IWithTimers
{
    private readonly Cluster _cluster;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public SurvivalActor(Cluster cluster, SurvivePolicy policy, TimeSpan stableAfter)
    {
        _cluster = cluster;
        Receive<ClusterEvent.IMemberEvent>(_ => Restart(stableAfter));
        Receive<ClusterEvent.IReachabilityEvent>(_ => Restart(stableAfter));
        Receive<Settled>(_ => Decide(policy));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Restart(TimeSpan stableAfter) => Timers.StartSingleTimer(Settled.Instance, Settled.Instance, stableAfter);

    private void Decide(SurvivePolicy policy)
    {
        var state = _cluster.State;
        var counted = state.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.WeaklyUp or MemberStatus.Joining).ToList();
        var (verdict, reason) = Survival.Decide(
            policy,
            [.. counted.Select(member => new Voter(
                NodeSystem.AddressOf(member.Address), member.HasRole("coordinator"), !state.Unreachable.Contains(member)))]);
        switch (verdict)
        {
            case SurvivalVerdict.GoOn:
                foreach (var member in state.Unreachable)
                    _cluster.Down(member.Address);
                break;
            case SurvivalVerdict.Yield:
                _log.Warning("This node ends: {0}", reason);
                _cluster.Down(_cluster.SelfAddress);
                break;
            default:
                break;
        }
    }

    private sealed class Settled
    {
        public static Settled Instance { get; } = new();
    }
}
