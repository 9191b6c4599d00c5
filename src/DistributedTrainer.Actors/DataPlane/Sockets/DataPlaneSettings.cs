using Akka.Actor;
using Akka.Configuration;

namespace DistributedTrainer.Actors;

/// <summary>The block <c>dtrain.data-plane</c>; what each key means stands in node.conf.</summary>
internal sealed record DataPlaneSettings
{
    public const string Sockets = "sockets";
    public const string AkkaRemote = "akka-remote";
    public const string TransportKey = $"{Block}.transport";
    private const string Block = "dtrain.data-plane";

    public required string Transport { get; init; }

    /// <summary>Host that others reach this node's data plane by; empty for the node's own.</summary>
    public required string Address { get; init; }

    /// <summary>The first of these that is free is listened on; 0 for any.</summary>
    public required (int First, int Last) Ports { get; init; }

    public required bool UnixSockets { get; init; }

    /// <summary>Whether large tensors pass between processes of one machine through memory that they share.</summary>
    public required bool SharedMemory { get; init; }

    /// <summary>Bytes that may wait for one node.</summary>
    public required long QueueLimit { get; init; }

    /// <summary>Bytes of one frame's payload.</summary>
    public required int FrameLimit { get; init; }

    /// <summary>Bytes that the system keeps of what is sent on a Unix socket; 0 leaves it to the system.</summary>
    public required int UnixSocketBuffer { get; init; }

    public required TimeSpan KeepAlive { get; init; }

    public required TimeSpan SilentAfter { get; init; }

    public required TimeSpan ConnectWithin { get; init; }

    public required TimeSpan HandshakeWithin { get; init; }

    /// <summary>Connections that have not said yet who they are.</summary>
    public required int Strangers { get; init; }

    /// <summary>How the nodes of this system move tensors; empty where there is but one.</summary>
    public static string TransportOf(ActorSystem system) => system.Settings.Config.GetString(TransportKey) ?? "";

    /// <exception cref="NodeStartException">A value is not allowed.</exception>
    public static DataPlaneSettings Read(Config config)
    {
        var block = new SettingsBlock(Block, config);
        var settings = new DataPlaneSettings
        {
            Transport = block.Choice("transport", Sockets, AkkaRemote),
            Address = block.Text("address"),
            Ports = block.Ports("port"),
            UnixSockets = block.Switch("unix-sockets"),
            SharedMemory = block.Switch("shared-memory"),
            QueueLimit = block.Bytes("queue-limit", 1 << 20, 1L << 40),
            FrameLimit = (int)block.Bytes("frame-limit", 1 << 16, 1 << 30),
            UnixSocketBuffer = (int)block.Bytes("unix-socket-buffer", 0, 1 << 30),
            KeepAlive = block.Time("keep-alive", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            SilentAfter = block.Time("silent-after", TimeSpan.FromMilliseconds(20), TimeSpan.FromHours(1)),
            ConnectWithin = block.Time("connect-within", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
            HandshakeWithin = block.Time("handshake-within", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            Strangers = block.Number("strangers", 1, 10_000),
        };
        if (settings.SilentAfter < settings.KeepAlive * 2)
            throw block.Wrong("silent-after", $"{settings.SilentAfter.TotalMilliseconds:0}ms", $"at least twice {Block}.keep-alive, which is {settings.KeepAlive.TotalMilliseconds:0}ms");
        return settings;
    }
}
