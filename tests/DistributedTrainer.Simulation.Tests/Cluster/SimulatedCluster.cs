using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>All processes of a story, the networks between them, the folder that they share, and the client whose job they run.</summary>
internal sealed class SimulatedCluster
{
    public const string Build = "b001";
    public const string JobId = "j1";
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lane _lane;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Story _story;

    public SimulatedCluster(World world, Story story, Lane lane, Referee referee)
    {
        (World, _story, _lane, Referee) = (world, story, lane, referee);
        Recipe = story.Recipe;
        Network = new SimulatedNetwork(world, story.Weather);
        Control = new ControlPlane(world, Network, story.Weather);
        Disk = new SimulatedDisk(world, referee);
        for (var index = 0; index < story.Nodes; index++)
            Start($"n{index}");
        world.After(TimeSpan.FromMilliseconds(300), Submit);
    }

    public World World { get; }

    public Referee Referee { get; }

    public Recipe Recipe { get; }

    public SimulatedNetwork Network { get; }

    public ControlPlane Control { get; }

    public SimulatedDisk Disk { get; }

    public BufferPool Pool => _lane.Pool;

    public int Servers => _story.Servers;

    public TimeSpan Compute => _story.Compute;

    /// <summary>On: nodes listen to every coordinator. For a planted defect.</summary>
    public bool HeedsEveryTerm { get; set; }

    /// <summary>On: no server looks whether somebody is late. For a planted defect.</summary>
    public bool NobodyLooks { get; set; }

    public SurvivePolicy Policy => _story.Policy;

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    public IEnumerable<SimulatedNode> Alive => _nodes.Where(node => node.IsAlive);

    /// <summary>All nodes are there with the job open, and each range has its server and its backup, by their own word and the coordinator's.</summary>
    public bool IsWhole
    {
        get
        {
            var there = Alive.Where(node => node.IsRunning).ToList();
            return there.Count == _story.Nodes && there.All(node => node.JobReport is { State: OpenState.Open })
                && Enumerable.Range(0, Servers).All(range => there.Any(node => node.JobReport!.Serves.Contains(range)) && there.Any(node => node.JobReport!.Keeps.Contains(range)))
                && there.Where(node => node.Coordinator is not null).ToList() is [{ Coordinator: { } coordinator }] && coordinator.IsWhole(_story.Nodes, Servers);
        }
    }

    /// <summary>The newest process of an address.</summary>
    public SimulatedNode? Find(string address) => _nodes.FindLast(node => node.Address == address);

    public SimulatedNode Start(string address)
    {
        World.Note($"{address}#{_nodes.Count} starts");
        var node = new SimulatedNode(this, _lane.Rent(), address, _nodes.Count);
        _nodes.Add(node);
        return node;
    }

    public void Kill(SimulatedNode node, bool isSilent)
    {
        if (!node.IsAlive)
            return;
        World.Note($"{node.Address}#{node.Uid} is killed");
        node.Die();
        Network.Died(node, isSilent);
    }

    /// <summary>The process ends by itself, and its supervisor starts another one.</summary>
    public void End(SimulatedNode node, string reason)
    {
        World.Note($"{node.Address}#{node.Uid} ends: {reason}");
        node.Die();
        Network.Died(node, isSilent: false);
        World.After(World.Between(200, 1500), () => StartAgain(node.Address));
    }

    public void StartAgain(string address)
    {
        if (Find(address) is not { IsAlive: true })
            Start(address);
    }

    public void Left(SimulatedNode node)
    {
        if (!node.IsAlive)
            return;
        World.Note($"{node.Address}#{node.Uid} has left");
        node.Die();
        Network.Left(node);
        foreach (var other in Alive.Where(other => other.Membership.Members.Contains(node)))
            other.Post(World.Between(1, 50), () => other.Membership.Remove(node, politely: true));
    }

    /// <summary>To whoever coordinates, as far as the sender knows.</summary>
    public void TellCoordinator(SimulatedNode from, object message)
    {
        if (!from.IsRunning || from.Membership.Members is not [var oldest, ..])
            return;
        Control.Send(from, oldest, message, () => oldest.Coordinator?.Handle(from, message));
    }

    public string Describe() => string.Join("\n", _nodes.Select(node => node.Describe()))
        + string.Concat(Alive.Where(node => node.Coordinator is not null).Select(node => $"\ncoordinator on {node.Address}: {node.Coordinator!.Describe()}"));

    /// <summary>The client submits its job until it hears that it has ended. Once there are checkpoints, it says that the run goes on from them.</summary>
    private void Submit()
    {
        var reachable = Alive.Where(node => node.IsRunning && node.Membership.Members.Count > 0).ToList();
        if (reachable.Count > 0)
        {
            var submit = new SubmitJob(JobId, Recipe.Text, _story.MinNodes, _story.Servers, _story.Replicas, "model")
            {
                CheckpointFolder = _story.HasCheckpoints ? SimulatedDisk.Folder : null,
                Resume = _story.HasCheckpoints && Disk.HasAny,
            };
            TellCoordinator(World.OneOf(reachable), submit);
        }

        World.After(AskAgainAfter, Submit);
    }
}
