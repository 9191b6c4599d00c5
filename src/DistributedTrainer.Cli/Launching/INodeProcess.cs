namespace DistributedTrainer.Cli;

/// <summary>A node process as its launcher holds it.</summary>
internal interface INodeProcess
{
    /// <summary>node-1, node-2…</summary>
    string Name { get; }

    /// <summary>Does nothing where the process has ended.</summary>
    void Send(ManagedOrder order);

    /// <summary>Completes with the exit code once the process has ended and everything it wrote has been read.</summary>
    Task<int> Exited { get; }

    /// <summary>The last lines of its standard error.</summary>
    IReadOnlyList<string> LastErrors { get; }

    void Kill();
}

/// <summary>Starts node processes. <paramref name="received"/> is called with each report, one at a time, on any thread.</summary>
internal delegate INodeProcess StartNode(string name, Action<ManagedReport> received);
