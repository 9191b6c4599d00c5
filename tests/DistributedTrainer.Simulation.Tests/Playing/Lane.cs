using DistributedTrainer.Actors;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>What one thread plays story after story with.</summary>
internal sealed class Lane : IDisposable
{
    private readonly List<Machine> _machines = [];
    private int _rented;

    public BufferPool Pool { get; } = new();

    public Machine Rent()
    {
        if (_rented == _machines.Count)
            _machines.Add(new Machine());
        return _machines[_rented++];
    }

    public void ReturnAll() => _rented = 0;

    public void Dispose()
    {
        foreach (var machine in _machines)
            machine.Dispose();
    }
}
