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
    private IActorRef? _closing;
    private StartJob? _awaitsClosing;

    public JobHost(ManualResetEventSlim started)
    {
        Receive<BeginProcess>(begin => _node = begin.Node);
        Receive<StartJob>(Start);
        Receive<StopJob>(_ => Stop());
        Receive<Terminated>(Closed);
        Receive<EndProcess>(_ =>
        {
            Stop();
            _node = null;
        });
        ReceiveAny(message => _node?.Heard(message, Sender));
        started.Set();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _node?.Failed(error);
        return Directive.Stop;
    });

    private void Start(StartJob start)
    {
        if (_closing is not null)
        {
            _awaitsClosing = start;
            return;
        }

        var (node, self) = (_node!, Self);
        _job = Context.ActorOf(ActorFactory<JobActor>.Props(() => new JobActor(
            start.Job, start.Store, node.Address, node.Transport, node.Pool, 1, self, node.Surroundings)).WithDispatcher(JobActor.ComputeDispatcher));
        Context.Watch(_job);
        node.Started(start.Job.Id, _job);
    }

    private void Closed(Terminated ended)
    {
        if (!ended.ActorRef.Equals(_closing))
            return;
        _closing = null;
        if (_awaitsClosing is { } start)
            Start(start);
    }

    private void Stop()
    {
        _awaitsClosing = null;
        if (_job is null)
            return;
        Context.Stop(_job);
        (_job, _closing) = (null, _job);
    }
}
