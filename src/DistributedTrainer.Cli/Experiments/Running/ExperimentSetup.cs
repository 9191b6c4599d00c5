using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli;

/// <summary>What all runs of an experiment have in common.</summary>
internal sealed class ExperimentSetup
{
    public ExperimentSetup(Scenario scenario, Job job, int processors)
    {
        (Scenario, Job, Nodes) = (scenario, job, scenario.Cluster.Nodes);
        Replicas = scenario.Cluster.Replicas ?? Math.Min(1, Nodes - 1);
        Threads = scenario.Cluster.Threads ?? Math.Max(1, processors / Nodes);
        InjectsFaults = scenario.InjectsFaults;
        NodeArguments = [.. NodeProcess.Arguments(Threads), .. InjectsFaults ? (string[])[NodeCommand.CanInjectFaults] : []];
    }

    public Scenario Scenario { get; }

    public Job Job { get; }

    public int Nodes { get; }

    public int Replicas { get; }

    public int Threads { get; }

    /// <summary>Nodes of all runs, the undisturbed one too, are started so that faults can be injected: they are compared.</summary>
    public bool InjectsFaults { get; }

    public string[] NodeArguments { get; }

    /// <param name="folder">Receives the model and the checkpoints: each run keeps its own, whatever path the job names.</param>
    public JobSubmission Submission(string folder) =>
        new(JobInput.NewId(Job), JobFile.Format(Job), Nodes, Scenario.Cluster.Servers ?? 0, Replicas, folder)
        {
            CheckpointFolder = Path.Combine(folder, CheckpointPath.Folder),
        };
}
