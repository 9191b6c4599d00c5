using Akka.Actor;
using DistributedTrainer.Actors;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>The machine runs this process from now on.</summary>
internal sealed record BeginProcess(SimulatedNode Node);

/// <summary>The story is over.</summary>
internal sealed record EndProcess;

internal sealed record StartJob(OpenedJob Job, ParameterStore Store);

internal sealed record StopJob;

/// <summary>The parent of a job's actors, as <see cref="NodeActor"/> is. It belongs to the machine, for process after process.</summary>
internal sealed class JobHost : ReceiveActor
{
    private SimulatedNode? _node;
    private IActorRef? _job;

    public JobHost(ManualResetEventSlim started)
    {
        Receive<BeginProcess>(begin => _node = begin.Node);
        Receive<StartJob>(Start);
        Receive<StopJob>(_ => Stop());
        Receive<EndProcess>(_ =>
        {
            Stop();
            _node = null;
        });
        ReceiveAny(message => _node?.Heard(message));
        started.Set();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _node?.Failed(error);
        return Directive.Stop;
    });

    private void Start(StartJob start)
    {
        Stop();
        var (node, self) = (_node!, Self);
        _job = Context.ActorOf(Props.Create(() => new JobActor(
            start.Job, start.Store, node.Address, node.Transport, node.Pool, 1, self, node.Surroundings)).WithDispatcher(JobActor.ComputeDispatcher));
        node.Started(start.Job.Id, _job);
    }

    private void Stop()
    {
        if (_job is not null)
            Context.Stop(_job);
        _job = null;
    }
}
