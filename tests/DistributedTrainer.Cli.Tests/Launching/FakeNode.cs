using System.Collections.Concurrent;

namespace DistributedTrainer.Cli.Tests;

/// <summary>A node process that does what a test says.</summary>
internal sealed class FakeNode(string name, Action<ManagedReport> report) : INodeProcess
{
    private readonly TaskCompletionSource<int> _exited = new();
    private readonly ConcurrentQueue<string> _orders = new();

    public string Name => name;

    public Task<int> Exited => _exited.Task;

    public IReadOnlyList<string> LastErrors { get; set; } = [];

    /// <summary>What the launcher sent, as lines; an order to stop is obeyed.</summary>
    public IReadOnlyCollection<string> Orders => _orders;

    public bool WasKilled { get; private set; }

    public bool IgnoresStop { get; set; }

    public void Report(ManagedReport said) => report(said);

    public void Exit(int code) => _exited.TrySetResult(code);

    public void Send(ManagedOrder order)
    {
        _orders.Enqueue(order.ToLine());
        if (order.Stop && !IgnoresStop)
            Exit(0);
    }

    public void Kill()
    {
        WasKilled = true;
        Exit(137);
    }
}
