using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>The nodes through which a client may reach the cluster: the seeds, and those it hears of. Safe from any thread.</summary>
internal sealed class Contacts
{
    private readonly ActorSystem _system;
    private readonly List<Address> _addresses;
    private readonly Lock _lock = new();
    private Address _current;

    public Contacts(ActorSystem system, Address first, IEnumerable<Address> seeds)
    {
        (_system, _current) = (system, first);
        _addresses = [first, .. seeds.Where(seed => seed != first)];
    }

    public ActorSelection Current
    {
        get
        {
            lock (_lock)
                return NodeAt(_system, _current);
        }
    }

    public static ActorSelection NodeAt(ActorSystem system, Address address) => system.ActorSelection($"{address}/user/{NodeActor.Name}");

    /// <summary>The current node is silent: takes the next one.</summary>
    public void TryNext()
    {
        lock (_lock)
            _current = _addresses[(_addresses.IndexOf(_current) + 1) % _addresses.Count];
    }

    /// <summary>Remembers the nodes that an event names.</summary>
    public void Learn(JobEvent jobEvent)
    {
        IEnumerable<string> nodes = jobEvent switch
        {
            JobStarted started => started.Nodes,
            ClusterChanged { Change.Kind: "node-joined" } joined => [joined.Change.Node],
            _ => [],
        };
        lock (_lock)
        {
            foreach (var address in nodes.Select(node => NodeSystem.ParseAddress(node, _system)).Where(address => !_addresses.Contains(address)))
                _addresses.Add(address);
        }
    }
}
