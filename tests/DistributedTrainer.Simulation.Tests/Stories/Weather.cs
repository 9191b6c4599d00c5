namespace DistributedTrainer.Simulation.Tests;

/// <summary>What the networks of a story are like.</summary>
/// <param name="Spikes">Of messages of both planes: delayed by up to 150 ms.</param>
/// <param name="Lost">Of control messages.</param>
/// <param name="Doubled">Of control messages.</param>
internal sealed record Weather(double Spikes, double Lost, double Doubled);
