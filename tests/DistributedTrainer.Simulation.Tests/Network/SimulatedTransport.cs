using DistributedTrainer.Actors;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>A process's end of the data plane.</summary>
internal sealed class SimulatedTransport(SimulatedNode node, SimulatedCluster cluster) : ITensorTransport
{
    private readonly Dictionary<string, IFrameReceiver> _receivers = [];

    public TransportCounters Counters { get; } = new();

    /// <summary>Frames that were sent and have not arrived.</summary>
    public int InFlight { get; set; }

    public bool IsFlushed => InFlight == 0;

    public void Send(string to, string jobId, in FrameHeader header, TensorSlice payload)
    {
        if (!node.IsRunning)
            return;
        cluster.Referee.Sent(node, cluster.Servers, header, payload);
        if (cluster.Find(to) is { } other)
            cluster.Network.Send(new Frame(node, other, jobId, header, payload));
    }

    public void Register(string jobId, IFrameReceiver receiver) => _receivers[jobId] = receiver;

    public void Unregister(string jobId) => _receivers.Remove(jobId);

    public void Deliver(Frame frame)
    {
        var (header, length) = (frame.Header, frame.Payload.Length);
        if (!_receivers.TryGetValue(frame.JobId, out var receiver) || !receiver.Accepts(header, length))
            return;
        var place = default(TensorSlice);
        if (length > 0)
        {
            place = receiver.Place(header, length);
            if (place.Buffer is null)
                place = new TensorSlice(node.Pool.Rent(length), 0, length);
            frame.Payload.Bytes.CopyTo(place.Bytes);
        }

        receiver.Deliver(new FrameArrived(header, place));
    }

    public void Fail(LinkFailed failure)
    {
        foreach (var receiver in _receivers.Values)
            receiver.Fail(failure);
    }
}
