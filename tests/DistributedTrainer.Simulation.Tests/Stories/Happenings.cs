namespace DistributedTrainer.Simulation.Tests;

/// <summary>Has a story's faults happen, and end.</summary>
internal sealed class Happenings(World world, Story story)
{
    private static readonly TimeSpan LongestCut = TimeSpan.FromSeconds(1.4);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly List<Fault> _coming = [.. story.Faults];
    private TimeSpan _happenedAt;
    private long _committed = -1;
    private SimulatedCluster? _cluster;
    private int _joined;

    /// <summary>When the last of the faults is over; null while one is to come.</summary>
    public TimeSpan? Over { get; private set; } = TimeSpan.Zero;

    private SimulatedCluster Cluster => _cluster!;

    public void Begin(SimulatedCluster cluster)
    {
        _cluster = cluster;
        if (story.IsOneAtATime)
            world.After(Look, HappenIfWhole);
        foreach (var fault in story.IsOneAtATime ? [] : story.Faults)
            world.After(fault.AtLatest, () => Happen(fault));
        NoteOver();
    }

    public void Committed(long version)
    {
        _committed = version;
        if (story.IsOneAtATime)
            return;
        foreach (var fault in _coming.Where(fault => fault.AtStep <= version).ToList())
            world.After(world.Between(0, 20), () => Happen(fault));
    }

    /// <summary>Where the cluster never recovers so far, the job must end all the same: nothing more happens to it.</summary>
    private void HappenIfWhole()
    {
        if (_coming.Count == 0)
            return;
        if (world.Now - _happenedAt > Longest)
        {
            _coming.Clear();
            NoteOver();
            return;
        }

        if (_coming[0].AtStep <= _committed && Cluster.IsWhole)
            Happen(_coming[0]);
        world.After(Look, HappenIfWhole);
    }

    private void Happen(Fault fault)
    {
        if (!_coming.Remove(fault))
            return;
        _happenedAt = world.Now;
        var alive = Cluster.Alive.OrderBy(node => node.Uid).ToList();
        if (alive.Count > 0)
        {
            world.Note($"FAULT {fault}");
            Happen(fault, alive, alive[fault.Victim % alive.Count], alive[(fault.Victim + 1) % alive.Count]);
        }

        NoteOver();
    }

    private void Happen(Fault fault, List<SimulatedNode> alive, SimulatedNode victim, SimulatedNode other)
    {
        switch (fault.Kind)
        {
            case FaultKind.Kill or FaultKind.KillSilently:
                Cluster.Kill(victim, fault.Kind == FaultKind.KillSilently);
                Later(fault, () => Cluster.StartAgain(victim.Address));
                break;
            case FaultKind.KillAll or FaultKind.PowerCut:
                if (fault.Kind == FaultKind.PowerCut)
                    Cluster.Disk.Damage();
                foreach (var node in alive)
                {
                    Cluster.Kill(node, isSilent: false);
                    Later(fault, () => Cluster.StartAgain(node.Address));
                }

                break;
            case FaultKind.Freeze:
                victim.Freeze();
                Later(fault, victim.Thaw);
                break;
            case FaultKind.Slow:
                victim.Slowness = 10 + (10 * (fault.Victim % 4));
                Later(fault, () => victim.Slowness = 1);
                break;
            case FaultKind.BreakLink when victim != other:
                Cluster.Network.Break(victim, other);
                break;
            case FaultKind.CutLink when victim != other:
                Cluster.Network.Cut(victim, other);
                // Shorter than membership notices: what Akka.Cluster makes of two nodes that only miss each other is not modelled.
                world.After(fault.Lasts < LongestCut ? fault.Lasts : LongestCut, () => Cluster.Network.Heal(victim, other));
                break;
            case FaultKind.Partition:
                foreach (var one in alive.Where((_, index) => index <= fault.Victim % alive.Count))
                {
                    foreach (var two in alive.Where((_, index) => index > fault.Victim % alive.Count))
                        Cluster.Network.Cut(one, two);
                }

                Later(fault, Cluster.Network.HealAll);
                break;
            case FaultKind.Join:
                Cluster.Start($"j{_joined++}");
                break;
            case FaultKind.Leave when alive.Count > 1:
                victim.Leave();
                break;
            case FaultKind.FillDisk:
                Cluster.Disk.IsFull = true;
                Later(fault, () => Cluster.Disk.IsFull = false);
                break;
            case FaultKind.DamageCheckpoint:
                Cluster.Disk.Damage();
                break;
            default:
                break;
        }
    }

    private void Later(Fault fault, Action ends) => world.After(fault.Lasts, ends);

    private void NoteOver() => Over = _coming.Count > 0 ? null : world.Now + (story.Faults.Count == 0 ? TimeSpan.Zero : story.Faults.Max(fault => fault.Lasts));
}
