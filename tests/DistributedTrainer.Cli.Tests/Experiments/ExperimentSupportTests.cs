using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

public sealed class ExperimentSupportTests
{
    [Fact]
    public void KillingAllIsRefusedUntilJobsCanBeResumed()
    {
        var scenario = ScenarioFile.Parse("job: x.yaml\nevents: [ { at: 1 steps, add: 1 }, { at: 2 steps, kill: all, resume: 1 s } ]", "x.yaml");
        var error = Assert.Throws<CommandException>(() => ExperimentSupport.Check(scenario, "x.yaml"));
        Assert.Equal(ExitCode.WrongInput, error.ExitCode);
        Assert.StartsWith("x.yaml: events.1.kill: kill: all needs checkpoints and --resume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OthersAreNot() =>
        ExperimentSupport.Check(ScenarioFile.Parse("job: x.yaml\nevents: [ { at: 1 steps, kill: any, restart: 1 s } ]", "x.yaml"), "x.yaml");
}
