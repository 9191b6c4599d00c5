using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace DistributedTrainer.Actors;

/// <summary>The receiving side of all links: puts chunks together in pooled buffers and hands complete frames over.</summary>
internal sealed class TensorReceiverActor : ReceiveActor
{
    public const string Name = "tensors";

    /// <summary>The largest frame taken: a range of 256 Mi parameters.</summary>
    private const int MaxFrameBytes = 1 << 30;

    private readonly Dictionary<string, Link> _links = [];
    private readonly AkkaRemoteTransport _transport;
    private readonly string _self;

    public TensorReceiverActor(AkkaRemoteTransport transport, string self)
    {
        (_transport, _self) = (transport, self);
        Receive<TensorChunk>(Take);
        Receive<ChunkAcknowledged>(_transport.Acknowledge);
        Receive<ClusterEvent.MemberRemoved>(removed => _transport.Retire($"{removed.Member.Address.Host}:{removed.Member.Address.Port}"));
        Receive<ClusterEvent.CurrentClusterState>(_ => { });
    }

    protected override void PreStart()
    {
        if (Context.System.Settings.HasCluster)
            Cluster.Get(Context.System).Subscribe(Self, typeof(ClusterEvent.MemberRemoved));
    }

    private void Take(TensorChunk chunk)
    {
        if (!_links.TryGetValue(chunk.Sender, out var link))
            _links[chunk.Sender] = link = new Link();
        if (chunk.Sequence == link.Expected)
        {
            link.Expected++;
            Assemble(link, chunk);
        }

        // Cumulative: also tells the sender of a repeated or early chunk where the link stands.
        Sender.Tell(new ChunkAcknowledged(_self, link.Expected - 1));
    }

    private void Assemble(Link link, TensorChunk chunk)
    {
        var malformed = chunk.FrameLength is < 0 or > MaxFrameBytes || chunk.FrameLength % sizeof(float) != 0 || chunk.Offset != link.Filled
            || chunk.Offset + chunk.Payload.Length > chunk.FrameLength;
        if (malformed)
        {
            Context.GetLogger().Warning("Dropped a malformed tensor frame from {0}", chunk.Sender);
            link.Reset();
            return;
        }

        link.Buffer ??= _transport.Pool.Rent((chunk.FrameLength + sizeof(float) - 1) / sizeof(float));
        chunk.Payload.Span.CopyTo(link.Buffer.Bytes[chunk.Offset..]);
        link.Filled += chunk.Payload.Length;
        if (link.Filled < chunk.FrameLength)
            return;
        var buffer = link.Buffer;
        link.Buffer = null;
        link.Filled = 0;
        _transport.Deliver(chunk.JobId, new FrameArrived(chunk.Header, new TensorSlice(buffer, 0, chunk.FrameLength / sizeof(float))));
    }

    private sealed class Link
    {
        public long Expected { get; set; }

        public TensorBuffer? Buffer { get; set; }

        public int Filled { get; set; }

        public void Reset()
        {
            Buffer?.Release();
            Buffer = null;
            Filled = 0;
        }
    }
}
