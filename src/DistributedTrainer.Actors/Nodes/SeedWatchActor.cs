using Akka.Actor;
using Akka.Cluster;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// Looks, now and then, whether the seeds that are no members of this node's cluster are members of another one. Where they are, one of the
/// two clusters has to end: <see cref="Islands"/> says which.
/// </summary>
internal sealed class SeedWatchActor : ReceiveActor, IWithTimers
{
    public const string Name = "seeds";

    /// <summary>Nothing waits for it, and what it mends does not happen often.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private IReadOnlyList<Address> _seeds = [];

    public SeedWatchActor()
    {
        Receive<WatchSeeds>(watch =>
        {
            _seeds = watch.Seeds;
            Timers.StartPeriodicTimer(Look.Instance, Look.Instance, Interval);
        });
        Receive<Look>(_ => AskStrangers());
        Receive<string>(Hear);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private IEnumerable<Member> Members => _cluster.State.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving);

    private bool IsMember(Address address) => Members.Any(member => member.Address == address);

    private void AskStrangers()
    {
        if (_cluster.SelfMember.Status != MemberStatus.Up)
            return;
        var ask = ClusterGlance.Ask(NodeSystem.AddressOf(_cluster.SelfAddress), NodeSystem.AddressOf(_seeds[0]));
        foreach (var seed in _seeds.Where(seed => !IsMember(seed)))
            Context.ActorSelection($"{seed}/user/{Name}").Tell(ask);
    }

    private void Hear(string text)
    {
        if (_cluster.SelfMember.Status != MemberStatus.Up)
            return; // in no cluster yet, or on its way out
        if (ClusterGlance.ParseAsk(text) is { } ask)
            Sender.Tell(Glance(ask.Asker, ask.FirstSeed).Answer());
        else if (ClusterGlance.ParseAnswer(text) is { KnowsAsker: false } theirs && _seeds.Contains(Sender.Path.Address) && !IsMember(Sender.Path.Address))
            Compare(theirs, Sender.Path.Address);
    }

    private void Compare(ClusterGlance theirs, Address seed)
    {
        var ours = Glance("", NodeSystem.AddressOf(_seeds[0]));
        var (yields, reason) = Islands.Decide(new Side(ours.Voters, ours.HasFirstSeed), new Side(theirs.Voters, theirs.HasFirstSeed));
        if (yields)
        {
            Context.System.EventStream.Publish(new NodeRefused(
                $"the seed {NodeSystem.AddressOf(seed)} is in another cluster; this node ends, to join that one when it is started again: {reason}"));
        }
    }

    private ClusterGlance Glance(string asker, string firstSeed)
    {
        var members = Members.ToList();
        return new ClusterGlance(members.Count(member => member.HasRole("coordinator")), Has(asker), Has(firstSeed));

        bool Has(string node) => members.Any(member => NodeSystem.AddressOf(member.Address) == node);
    }

    private sealed class Look
    {
        public static Look Instance { get; } = new();
    }
}
