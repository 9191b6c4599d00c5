namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// A test that plays stories. Stories take seconds each of time that is not computing, for a reason not found yet: docs/simulation.md. Until it
/// is, a plain <c>dotnet test</c> skips them.
/// </summary>
public sealed class SimulationFactAttribute : FactAttribute
{
    public SimulationFactAttribute() => Skip = WhySkipped;

    public static string? WhySkipped { get; } = Environment.GetEnvironmentVariable("DTRAIN_SIMULATION_TESTS") == "1"
        ? null
        : "Set DTRAIN_SIMULATION_TESTS=1 to play simulated stories; docs/simulation.md says what is not right with them yet.";
}

/// <summary>The same with rows of data.</summary>
public sealed class SimulationTheoryAttribute : TheoryAttribute
{
    public SimulationTheoryAttribute() => Skip = SimulationFactAttribute.WhySkipped;
}
