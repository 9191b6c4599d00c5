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
        Receive<string>(Greet);
        Receive<ClusterEvent.MemberRemoved>(removed => _transport.Retire(NodeSystem.AddressOf(removed.Member.Address)));
        Receive<ClusterEvent.CurrentClusterState>(_ => { });
    }

    protected override void PreStart()
    {
        if (Context.System.Settings.HasCluster)
            Cluster.Get(Context.System).Subscribe(Self, typeof(ClusterEvent.MemberRemoved));
    }

    /// <summary>Of a node that moves tensors over sockets: neither would ever hear of the other's tensors.</summary>
    private void Greet(string text)
    {
        if (DataPlaneAdvert.Parse(text, out var isAsking) is not { } other)
            return;
        var ours = DataPlaneAdvert.OfAkkaRemote(_self);
        if (isAsking)
            Sender.Tell(ours.Answer());
        if (ours.Refusal(other) is { } refusal)
            _transport.Failed(new LinkFailed(other.Node, refusal));
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
            _transport.Counters.Drop(chunk.FrameLength > MaxFrameBytes ? DropReason.Oversized : DropReason.Malformed);
            link.Reset();
            return;
        }

        if (chunk.Offset == 0)
            link.Payload = _transport.Place(chunk.JobId, chunk.Header, chunk.FrameLength / sizeof(float));
        if (link.Payload is { } wanted)
            chunk.Payload.Span.CopyTo(wanted.Bytes[chunk.Offset..]);
        link.Filled += chunk.Payload.Length;
        if (link.Filled < chunk.FrameLength)
            return;
        var payload = link.Payload;
        (link.Payload, link.Filled) = (null, 0);
        if (payload is { } whole)
            _transport.Deliver(chunk.JobId, NodeOf(chunk.Sender), new FrameArrived(chunk.Header, whole));
    }

    /// <summary>A link is called host:port#uid/number.</summary>
    private static string NodeOf(string link) => link.IndexOf('#') is >= 0 and var end ? link[..end] : link;

    private sealed class Link
    {
        public long Expected { get; set; }

        /// <summary>Of the frame that is being put together; null where nobody wants it.</summary>
        public TensorSlice? Payload { get; set; }

        public int Filled { get; set; }

        public void Reset()
        {
            Payload?.Release();
            Payload = null;
            Filled = 0;
        }
    }
}
