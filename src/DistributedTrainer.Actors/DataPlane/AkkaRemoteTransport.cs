using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Remote;

namespace DistributedTrainer.Actors;

/// <summary>
/// Tensors over Akka.Remote in acknowledged chunks. One link actor a peer keeps a bounded number of chunks in flight and repeats
/// what is not acknowledged; the receiver drops what it has seen.
/// </summary>
public sealed class AkkaRemoteTransport : ITensorTransport
{
    /// <summary>Payload bytes of one chunk: well below Akka.Remote's frame bound, small enough not to delay heartbeats.</summary>
    public const int ChunkBytes = 64 * 1024;

    private readonly ConcurrentDictionary<string, IActorRef> _links = new();
    private readonly ConcurrentDictionary<string, IFrameReceiver> _receivers = new();
    private readonly IActorRef _plane;
    private readonly Lock _creating = new();
    private readonly ActorSystem _system;
    private readonly string _link;
    private long _unacknowledged;
    private int _linksMade;

    /// <param name="system">The clustered actor system.</param>
    /// <param name="self">This node's address, host:port.</param>
    public AkkaRemoteTransport(ActorSystem system, string self)
    {
        _system = system;
        _link = $"{self}#{AddressUidExtension.Uid(system)}"; // a restarted process on the same port is another link
        _plane = system.ActorOf(Props.Create(() => new TensorReceiverActor(this, self)), TensorReceiverActor.Name);
    }

    public BufferPool Pool { get; } = new();

    public TransportCounters Counters { get; } = new();

    public bool IsFlushed => Interlocked.Read(ref _unacknowledged) == 0;

    public void Send(string node, string jobId, in FrameHeader header, TensorSlice payload)
    {
        Counters.Sent(payload.Bytes.Length + FrameHeader.Size);
        Interlocked.Increment(ref _unacknowledged);
        var link = _links.TryGetValue(node, out var known) ? known : Connect(node);
        link.Tell(new TensorLinkActor.Outgoing(jobId, header, payload.Bytes.ToArray()));
    }

    public void Register(string jobId, IFrameReceiver receiver) => _receivers[jobId] = receiver;

    public void Unregister(string jobId) => _receivers.TryRemove(jobId, out _);

    internal void Acknowledged() => Interlocked.Decrement(ref _unacknowledged);

    internal void Failed(LinkFailed failure)
    {
        foreach (var receiver in _receivers.Values)
            receiver.Fail(failure);
        _system.EventStream.Publish(failure);
    }

    /// <returns>Where a frame's payload belongs; null where the frame is not wanted.</returns>
    internal TensorSlice? Place(string jobId, in FrameHeader header, int length)
    {
        if (!_receivers.TryGetValue(jobId, out var receiver))
        {
            Counters.Drop(DropReason.UnknownJob);
            return null;
        }

        if (!receiver.Accepts(header, length))
            return null;
        if (length == 0)
            return default(TensorSlice);
        var place = receiver.Place(header, length);
        if (place.Buffer is not null && place.Length == length)
            return place;
        place.Release();
        return new TensorSlice(Pool.Rent(length), 0, length);
    }

    internal void Deliver(string jobId, string node, FrameArrived frame)
    {
        Counters.Received(frame.Payload.Bytes.Length + FrameHeader.Size);
        if (_receivers.TryGetValue(jobId, out var receiver))
        {
            receiver.Deliver(node, frame);
            return;
        }

        Counters.Drop(DropReason.UnknownJob);
        frame.Payload.Release();
    }

    /// <summary>Hands an acknowledgement to the link that waits for it.</summary>
    internal void Acknowledge(ChunkAcknowledged acknowledged)
    {
        if (_links.TryGetValue(acknowledged.Receiver, out var link))
            link.Tell(acknowledged);
    }

    /// <summary>The node is gone for good: what was on its way to it no longer counts, and its address may come back as another process.</summary>
    internal void Retire(string node)
    {
        if (_links.TryRemove(node, out var link))
            _system.Stop(link);
    }

    private IActorRef Connect(string node)
    {
        lock (_creating)
        {
            if (_links.TryGetValue(node, out var known))
                return known;
            var peer = _system.ActorSelection($"{NodeSystem.ProtocolOf(_system)}://{_system.Name}@{node}/user/{TensorReceiverActor.Name}");
            var name = $"{_link}/{++_linksMade}"; // the receiver counts each link's chunks by themselves
            return _links[node] = _system.ActorOf(Props.Create(() => new TensorLinkActor(this, name, node, peer, _plane)));
        }
    }
}
