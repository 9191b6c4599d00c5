using Akka.Actor;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// One process: the production job actors, with their servers, backups and workers, on a machine of their own; around them what
/// <see cref="NodeActor"/> does for a node: it reports, keeps its copy of the book, opens and closes jobs.
/// </summary>
internal sealed class SimulatedNode
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    private readonly SimulatedCluster _cluster;
    private readonly World _world;
    private readonly Queue<Action> _held = [];
    private readonly BookCopy _book = new();
    private readonly Dictionary<string, ModelSaved> _savedModels = [];
    private readonly NodeDescription _description;
    private readonly SimulatedNodeDisk _disk;
    private IActorRef? _job;
    private string? _jobId;
    private JobReport? _jobReport;
    private JobReport? _closedReport;

    public SimulatedNode(SimulatedCluster cluster, Machine machine, string address, int uid)
    {
        (_cluster, _world, Machine, Address, Uid) = (cluster, cluster.World, machine, address, uid);
        _description = new NodeDescription(address, uid, "host", ["coordinator", "server", "worker"], 1, SimulatedCluster.Build);
        machine.Begin(_world, Post, () => Slowness, cluster.Compute);
        Transport = new SimulatedTransport(this, cluster);
        Membership = new Membership(this, cluster);
        _disk = new SimulatedNodeDisk(this, cluster.Disk);
        machine.Host.Tell(new BeginProcess(this));
        Post(_world.Between(0, 500), Tick);
        Membership.Begin();
    }

    public World World => _world;

    public Machine Machine { get; }

    public string Address { get; }

    /// <summary>Which process of that address; in order of starting.</summary>
    public int Uid { get; }

    public SimulatedTransport Transport { get; }

    public Membership Membership { get; }

    /// <summary>Its part in the current job; null without one.</summary>
    public JobReport? JobReport => _jobReport;

    /// <summary>What its job's actors take for the world.</summary>
    public JobSurroundings Surroundings => new(_cluster.NobodyLooks ? new WithoutTimers(Machine) : Machine, _disk);

    public BufferPool Pool => _cluster.Pool;

    /// <summary>The coordinator, where it runs here.</summary>
    public SimulatedCoordinator? Coordinator { get; set; }

    public bool IsAlive { get; private set; } = true;

    public bool IsFrozen { get; private set; }

    public bool IsRunning => IsAlive && !IsFrozen && !_world.IsOver;

    public bool IsLeaving { get; private set; }

    /// <summary>How often it was frozen.</summary>
    public int Freezes { get; private set; }

    /// <summary>How many times as long everything takes here.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Something happens in this process after a while: not if it is gone by then, and later if it is frozen.</summary>
    public void Post(TimeSpan delay, Action happens) => _world.After(delay, () =>
    {
        if (!IsAlive)
            return;
        if (IsFrozen)
            _held.Enqueue(happens);
        else
            happens();
    });

    public void Die() => IsAlive = false;

    public void Freeze()
    {
        IsFrozen = true;
        Freezes++;
        _cluster.Network.Froze(this);
    }

    public void Thaw()
    {
        if (!IsAlive || !IsFrozen)
            return;
        IsFrozen = false;
        var held = _held.ToArray();
        _held.Clear();
        for (var index = 0; index < held.Length; index++)
            Post(TimeSpan.FromTicks(10 * index), held[index]);
    }

    /// <summary>Ends the actors; nothing of it reaches anybody.</summary>
    public void CleanUp()
    {
        IsAlive = false;
        Machine.Host.Tell(new EndProcess());
        Machine.End();
        Transport.Counters.Dispose();
    }

    // ---- what its actors say ----------------------------------------------------------------------------------------------

    public void Heard(object message, IActorRef sender)
    {
        switch (message)
        {
            // NodeActor opens no job before the one that it closes has ended: that one's last words are not the next one's.
            case JobReport report when report.JobId == _jobId && sender.Equals(_job):
                var changed = _jobReport is null || !report.SaysTheSameAs(_jobReport);
                _jobReport = report;
                if (changed)
                    Report();
                break;
            case ToCoordinator { Message: var told }:
                if (told is ModelSaved { Error: "" } saved)
                    _savedModels[saved.JobId] = saved;
                _cluster.TellCoordinator(this, told);
                break;
        }
    }

    public void Failed(Exception defect) => _world.Violate($"an actor of {Address} failed: {defect}");

    public void Started(string jobId, IActorRef job)
    {
        if (jobId == _jobId)
            _job = job;
    }

    // ---- what the coordinator says ----------------------------------------------------------------------------------------

    public void Handle(ICoordinatorMessage message)
    {
        _world.Note($"{Address} hears {Text(message)}");
        if (!(message is ICommand command ? _book.Obeys(command) : _book.Heeds(message)) && !_cluster.HeedsEveryTerm)
            return;
        switch (message)
        {
            case RefuseNode refuse: _world.Violate($"{Address} was refused: {refuse.Reason}"); break;
            case KeepBookEntry entry: _book.Keep(entry); break;
            case AskBook ask: Answer(ask); break;
            case OpenCheckpoints order: _disk.Open(order, answer => _cluster.TellCoordinator(this, answer)); break;
            case CompleteCheckpoint order: _disk.Complete(order, _book.Entries, answer => _cluster.TellCoordinator(this, answer)); break;
            case StartAfresh order: StartAfresh(order); break;
            case OpenJob open: Open(open); break;
            case SaveModel { JobId: var id } order when order.Saver == Address && _savedModels.TryGetValue(id, out var saved):
                _cluster.TellCoordinator(this, saved);
                break;
            case CloseJob close when close.JobId == _jobId:
                CloseCurrent();
                Report();
                break;
            case PrepareAssignment { JobId: var id }: ToJob(id, message); break;
            case ActivateAssignment { JobId: var id }: ToJob(id, message); break;
            case StopSoon { JobId: var id }: ToJob(id, message); break;
            case DecideEpoch { JobId: var id }: ToJob(id, message); break;
            case SaveModel { JobId: var id }: ToJob(id, message); break;
            default: break;
        }
    }

    public void Removed(SimulatedNode other) => _job?.Tell(new NodeRemoved(other.Address));

    /// <summary>Asks to be left out; the process goes once it has nothing any more that others need.</summary>
    public void Leave()
    {
        IsLeaving = true;
        Report();
    }

    public string Describe() =>
        $"{Address}#{Uid}{(IsAlive ? "" : " dead")}{(IsFrozen ? " frozen" : "")}{(Coordinator is null ? "" : " coordinates")} term {_book.Term}, book {_book.Entries.Count}, "
        + $"sees {string.Join(' ', Membership.Members.Select(member => $"{member.Address}#{member.Uid}"))}"
        + (_jobReport is { } report ? $", {Text(report)}" : "");

    public static string Text(JobReport report) =>
        $"{report.JobId} {report.State} prepared {report.Prepared}, active {report.Active}, decided {report.DecidedVersion}, "
        + $"serves {string.Join(' ', report.Serves.Zip(report.ServedVersions, (range, version) => $"{range}@{version}"))}, keeps {string.Join(' ', report.Keeps)}, "
        + $"gave up {string.Join(' ', report.GivenUp)}, replaced {string.Join(' ', report.Replaced)}, misses {string.Join(' ', report.Unreachable)}";

    private static string Text(ICoordinatorMessage message) => message switch
    {
        KeepBookEntry entry => $"entry {entry.Index} of term {entry.Term}: {entry.Json}",
        PrepareAssignment prepare => $"prepare {prepare.Number} of term {prepare.Term}: shards {string.Join(' ', prepare.Shards)}, primaries {string.Join(' ', prepare.Primaries)}, "
            + $"backups {string.Join(' ', prepare.Backups)}, lost {string.Join(' ', prepare.Lost)}",
        OpenJob open => $"open {open.JobId} at {open.Version}",
        OpenCheckpoints open => $"open checkpoints of {open.JobId}{(open.Resume ? " to resume" : "")}",
        _ => $"{message}",
    };

    private void Tick()
    {
        _job?.Tell(new AskJobReport());
        Report();
        Post(ReportInterval, Tick);
    }

    private void Report()
    {
        _cluster.TellCoordinator(this, new NodeReport(_description, _book.Term, _book.Entries.Count, IsLeaving, _jobReport ?? _closedReport));
        if (IsLeaving && _jobReport is null or { IsIdle: true } or { State: OpenState.Failed })
            _cluster.Left(this);
    }

    private void Answer(AskBook ask)
    {
        foreach (var entry in _book.Answer(ask))
            _cluster.TellCoordinator(this, entry);
    }

    private void ToJob(string jobId, object message)
    {
        if (jobId == _jobId)
            _job?.Tell(message);
    }

    private void Open(OpenJob open)
    {
        if (_jobId == open.JobId)
            return;
        CloseCurrent();
        (_jobId, _closedReport) = (open.JobId, null);
        _jobReport = new JobReport(open.JobId, OpenState.Opening, "", "", 0, 0, 0, 0, -1, false, 0, 0, 0);
        Report();
        Post(_world.Between(20, 200), () =>
        {
            if (_jobId == open.JobId)
                Machine.Host.Tell(new StartJob(_cluster.Recipe.Open(open), _cluster.Recipe.NewStore(open)));
        });
    }

    private void StartAfresh(StartAfresh order)
    {
        if (order.JobId != (_jobId ?? _closedReport?.JobId))
            return;
        CloseCurrent();
        _closedReport = null;
        Report();
    }

    private void CloseCurrent()
    {
        if (_jobId is not null)
            Machine.Host.Tell(new StopJob());
        _closedReport = _jobReport is null ? _closedReport : _jobReport with { IsIdle = true };
        (_job, _jobId, _jobReport) = (null, null, null);
    }
}
