namespace DistributedTrainer.Actors;

/// <summary>The data plane of a node without a cluster: nothing ever leaves the process.</summary>
public sealed class NoTransport : ITensorTransport
{
    public TransportCounters Counters { get; } = new();

    public bool IsFlushed => true;

    public void Send(string node, string jobId, in FrameHeader header, TensorSlice payload) =>
        throw new InvalidOperationException($"A node without a cluster was asked to send a {header.Kind} frame to {node}.");

    public void Register(string jobId, IFrameReceiver receiver)
    {
    }

    public void Unregister(string jobId)
    {
    }
}
