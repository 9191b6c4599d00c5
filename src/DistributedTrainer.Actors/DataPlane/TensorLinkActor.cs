using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>The sending side of one link: cuts frames into chunks, keeps a window of them in flight, repeats unacknowledged ones.</summary>
internal sealed class TensorLinkActor : ReceiveActor, IWithTimers
{
    private const int Window = 32;
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);

    private readonly Queue<TensorChunk> _waiting = new();
    private readonly Queue<TensorChunk> _inFlight = new();
    private readonly AkkaRemoteTransport _transport;
    private readonly string _self;
    private readonly string _node;
    private readonly ActorSelection _peer;
    private readonly IActorRef _plane;
    private long _next;
    private TimeSpan _silentFor;
    private bool _heard;
    private int _unacknowledged;

    public TensorLinkActor(AkkaRemoteTransport transport, string self, string node, ActorSelection peer, IActorRef plane)
    {
        (_transport, _self, _node, _peer, _plane) = (transport, self, node, peer, plane);
        Receive<Outgoing>(Enqueue);
        Receive<ChunkAcknowledged>(Acknowledge);
        Receive<RepeatTick>(_ => Repeat());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(RepeatTick.Instance, RepeatTick.Instance, RepeatAfter);

    protected override void PostStop()
    {
        for (; _unacknowledged > 0; _unacknowledged--)
            _transport.Acknowledged();
    }

    private void Enqueue(Outgoing outgoing)
    {
        _unacknowledged++;
        var offset = 0;
        do
        {
            var length = Math.Min(AkkaRemoteTransport.ChunkBytes, outgoing.Payload.Length - offset);
            _waiting.Enqueue(new TensorChunk(
                _self, outgoing.JobId, _next++, outgoing.Header, outgoing.Payload.Length, offset, outgoing.Payload.AsMemory(offset, length)));
            offset += length;
        }
        while (offset < outgoing.Payload.Length);
        SendWindow();
    }

    private void SendWindow()
    {
        while (_inFlight.Count < Window && _waiting.TryDequeue(out var chunk))
        {
            _inFlight.Enqueue(chunk);
            _peer.Tell(chunk, _plane);
        }
    }

    private void Acknowledge(ChunkAcknowledged acknowledged)
    {
        _heard = true;
        while (_inFlight.TryPeek(out var chunk) && chunk.Sequence <= acknowledged.Sequence)
        {
            _inFlight.Dequeue();
            if (chunk.Offset + chunk.Payload.Length == chunk.FrameLength)
            {
                _unacknowledged--;
                _transport.Acknowledged();
            }
        }

        SendWindow();
    }

    private void Repeat()
    {
        _silentFor = _heard || _inFlight.Count == 0 ? TimeSpan.Zero : _silentFor + RepeatAfter;
        var quiet = !_heard;
        _heard = false;
        if (!quiet || _inFlight.Count == 0)
            return;
        if (_silentFor >= GiveUpAfter)
        {
            _transport.Failed(new LinkFailed(_node, $"node {_node} has acknowledged nothing for {_silentFor.TotalSeconds:0} s, with {_inFlight.Count} chunks in flight"));
            _silentFor = TimeSpan.Zero;
        }

        foreach (var chunk in _inFlight)
            _peer.Tell(chunk, _plane);
    }

    internal sealed record Outgoing(string JobId, FrameHeader Header, byte[] Payload);

    private sealed class RepeatTick
    {
        public static RepeatTick Instance { get; } = new();
    }
}
