using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>What this system cannot do in an experiment: said before anything runs.</summary>
internal static class ExperimentSupport
{
    /// <exception cref="CommandException">An event of the scenario cannot be done here.</exception>
    public static void Check(Scenario scenario, string file)
    {
        if (!ProcessFreezer.IsSupported && (scenario.Events.Any(e => e is StopEvent) || scenario.Random?.Kinds.Contains(RandomFault.Stop) == true))
            throw new CommandException($"{file}: stop freezes a process by a signal, which Windows does not have; run this scenario on Linux or macOS", ExitCode.WrongInput);
    }
}
