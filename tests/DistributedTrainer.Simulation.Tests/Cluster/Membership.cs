using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// One process's view of who belongs to the cluster, as Akka.Cluster gives it: it notices late who cannot be reached, and then
/// <see cref="Survival"/> decides. The oldest member hosts the coordinator.
/// </summary>
internal sealed class Membership(SimulatedNode node, SimulatedCluster cluster)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan UnreachableAfter = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(1);

    private readonly List<SimulatedNode> _members = [];
    private readonly Dictionary<SimulatedNode, TimeSpan> _seen = [];
    private HashSet<SimulatedNode> _unreachable = [];
    private TimeSpan _changedAt;
    private TimeSpan _lookedAt;

    private World World => cluster.World;

    /// <summary>In order of joining; empty before this one has joined.</summary>
    public IReadOnlyList<SimulatedNode> Members => _members;

    public void Begin() => node.Post(World.Between(50, 300), Join);

    public void Add(SimulatedNode member)
    {
        foreach (var old in _members.Where(old => old.Address == member.Address).ToList())
            Remove(old, politely: false); // another process of that address: the one before it is gone
        _members.Add(member);
        _seen[member] = World.Now;
        cluster.Network.Meet(node, member);
    }

    public void Remove(SimulatedNode member, bool politely)
    {
        if (!_members.Remove(member))
            return;
        World.Note($"{node.Address} removes {member.Address}#{member.Uid} {(politely ? "that left" : "as lost")}");
        _unreachable.Remove(member);
        node.Removed(member);
        node.Coordinator?.Gone(member, politely);
    }

    private void Join()
    {
        var joined = cluster.Alive.Where(other => other != node && other.Membership.Members.Count > 0).ToList();
        var known = joined.Where(other => cluster.Network.Carries(node, other) && Agrees(other)).ToList();
        if (joined.Count == 0)
        {
            // The first of a new cluster.
            _members.Add(node);
            Watch();
        }
        else if (known.Count > 0)
        {
            var contact = known.MinBy(other => other.Uid)!;
            foreach (var member in contact.Membership.Members.ToList())
            {
                if (member.Address == node.Address)
                    continue;
                Add(member);
                if (cluster.Network.Carries(node, member))
                    member.Membership.Add(node);
            }

            _members.Add(node);
            Watch();
        }
        else
        {
            node.Post(World.Between(300, 600), Join);
        }
    }

    /// <summary>
    /// Akka.Cluster lets nobody in while a member has not seen all gossip: otherwise the two sides of a partition would count other voters.
    /// </summary>
    private bool Agrees(SimulatedNode contact) => contact.Membership.Members.All(member => !member.IsAlive || !cluster.Network.IsCut(contact, member));

    private void Watch()
    {
        if (World.Now - _lookedAt > UnreachableAfter)
        {
            // This process stood still: silence was its own.
            foreach (var member in _members)
                _seen[member] = World.Now;
        }

        _lookedAt = World.Now;
        foreach (var member in _members.Where(member => member != node && cluster.Network.Carries(node, member)))
        {
            if (!member.Membership.Members.Contains(node) && member.Membership.Members.Count > 0)
            {
                cluster.End(node, "the cluster went on without it");
                return;
            }

            _seen[member] = World.Now;
        }

        var unreachable = _members.Where(member => member != node && World.Now - _seen.GetValueOrDefault(member) >= UnreachableAfter).ToHashSet();
        if (!unreachable.SetEquals(_unreachable))
            (_unreachable, _changedAt) = (unreachable, World.Now);
        if (unreachable.Count > 0 && World.Now - _changedAt >= SettledAfter && !Decide())
            return;
        HostCoordinator();
        node.Post(Look, Watch);
    }

    /// <returns>False where this process ends.</returns>
    private bool Decide()
    {
        var (verdict, reason) = Survival.Decide(
            cluster.Policy, [.. _members.Select(member => new Voter(member.Address, true, !_unreachable.Contains(member)))]);
        if (verdict == SurvivalVerdict.Yield)
        {
            cluster.End(node, reason);
            return false;
        }

        foreach (var member in _unreachable.ToList())
            Remove(member, politely: false);
        return true;
    }

    private void HostCoordinator()
    {
        if (_members[0] == node && node.Coordinator is null)
            node.Coordinator = new SimulatedCoordinator(node, cluster);
    }
}
