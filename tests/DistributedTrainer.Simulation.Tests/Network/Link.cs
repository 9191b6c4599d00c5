namespace DistributedTrainer.Simulation.Tests;

/// <summary>The connection of two processes. Frames arrive in order, each once, until it closes; then both ends hear of it.</summary>
internal sealed class Link(SimulatedNode first, SimulatedNode second)
{
    public SimulatedNode First => first;

    public SimulatedNode Second => second;

    public bool IsOpen { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>What was on its way when it closed still arrives until then.</summary>
    public TimeSpan ClosedAt { get; set; } = TimeSpan.MaxValue;

    /// <summary>When the newest frame in each direction arrives.</summary>
    public Dictionary<SimulatedNode, TimeSpan> Arrivals { get; } = new() { [first] = TimeSpan.Zero, [second] = TimeSpan.Zero };

    /// <summary>Frames that wait for the connection, or for the network to carry it again.</summary>
    public Queue<Frame> Waiting { get; } = [];

    public SimulatedNode Other(SimulatedNode end) => end == first ? second : first;
}
