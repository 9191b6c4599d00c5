namespace DistributedTrainer.Actors.Tests;

/// <summary>Tensors in chunks over Akka.Remote.</summary>
public sealed class AkkaRemotePair() : TransportPair(Hocon, Hocon)
{
    public const string Hocon = "dtrain.data-plane.transport = akka-remote";
}

/// <summary>Tensors over a Unix socket.</summary>
public sealed class UnixSocketPair() : TransportPair(Hocon, Hocon)
{
    public const string Hocon = "dtrain.data-plane { transport = sockets, unix-sockets = on, shared-memory = off }";
}

/// <summary>A Unix socket, and large tensors in shared memory where the system has it.</summary>
public sealed class SharedMemoryPair() : TransportPair(Hocon, Hocon)
{
    public const string Hocon = "dtrain.data-plane { transport = sockets, unix-sockets = on, shared-memory = on }";
}

/// <summary>Tensors over a TCP connection of their own.</summary>
public sealed class TcpPair() : TransportPair(Hocon, Hocon)
{
    public const string Hocon = "dtrain.data-plane { transport = sockets, unix-sockets = off }";
}
