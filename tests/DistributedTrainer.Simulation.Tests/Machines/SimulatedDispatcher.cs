using Akka.Configuration;
using Akka.Dispatch;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>Actors of the compute dispatcher take their turns when the story says so, one message a turn.</summary>
public sealed class SimulatedDispatcher(Config config, IDispatcherPrerequisites prerequisites) : MessageDispatcherConfigurator(config, prerequisites)
{
    private MessageDispatcher? _dispatcher;

    public override MessageDispatcher Dispatcher() => _dispatcher ??= new Dispatcher(
        this, Config.GetString("id"), Config.GetInt("throughput"), null, new Executors(Machine.Of(Config)), TimeSpan.FromSeconds(1));

    private sealed class Executors(Machine machine) : ExecutorServiceFactory
    {
        public override ExecutorService Produce(string id) => new Executor(machine, id);
    }

    private sealed class Executor(Machine machine, string id) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => machine.Execute(run);

        public override void Shutdown()
        {
        }
    }
}
