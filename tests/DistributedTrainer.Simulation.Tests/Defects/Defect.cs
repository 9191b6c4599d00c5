namespace DistributedTrainer.Simulation.Tests;

/// <summary>A rule that is switched off, by what is done to messages and files on their way.</summary>
/// <param name="Name">What goes wrong.</param>
/// <param name="Plant">Does it to a cluster before its story begins.</param>
internal sealed record Defect(string Name, Action<SimulatedCluster> Plant)
{
    public override string ToString() => Name;
}
