using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>What this version, or this system, cannot do in an experiment: said before anything runs.</summary>
internal static class ExperimentSupport
{
    /// <summary>The one place that waits for <c>train --resume</c>: with it, <see cref="DisturbedRun"/> starts a new host for <see cref="ResumeJob"/>.</summary>
    public const string NoResume = "kill: all needs checkpoints and --resume, which come in a later version; kill single nodes";

    /// <exception cref="CommandException">An event of the scenario cannot be done here.</exception>
    public static void Check(Scenario scenario, string file)
    {
        for (var index = 0; index < scenario.Events.Count; index++)
        {
            if (scenario.Events[index] is KillEvent { Victim.Kind: VictimKind.All })
                throw new CommandException($"{file}: events.{index}.kill: {NoResume}", ExitCode.WrongInput);
        }

        if (!ProcessFreezer.IsSupported && (scenario.Events.Any(e => e is StopEvent) || scenario.Random?.Kinds.Contains(RandomFault.Stop) == true))
            throw new CommandException($"{file}: stop freezes a process by a signal, which Windows does not have; run this scenario on Linux or macOS", ExitCode.WrongInput);
    }
}
