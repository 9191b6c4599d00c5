using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>
/// A node's data plane as an extension of its actor system: the transport that <c>dtrain.data-plane.transport</c> names, and the buffers
/// that it receives into.
/// </summary>
public sealed class DataPlane : IExtension
{
    private DataPlane(ITensorTransport transport, BufferPool pool) => (Transport, Pool) = (transport, pool);

    public ITensorTransport Transport { get; }

    public BufferPool Pool { get; }

    /// <summary>The system's data plane, started by the first call.</summary>
    /// <exception cref="NodeStartException">The configuration is wrong, or no port is free.</exception>
    public static DataPlane Of(ActorSystem system) => system.WithExtension<DataPlane, Provider>();

    private static DataPlane Start(ExtendedActorSystem system)
    {
        var settings = DataPlaneSettings.Read(system.Settings.Config);
        var address = system.Provider.DefaultAddress;
        var self = $"{address.Host}:{address.Port}";
        if (settings.Transport == DataPlaneSettings.AkkaRemote)
        {
            var remote = new AkkaRemoteTransport(system, self);
            return new DataPlane(remote, remote.Pool);
        }

        if (settings.UnixSockets && settings.SharedMemory)
            SharedArena.Open();
        var pool = new BufferPool();
        return new DataPlane(new SocketTransport(system, self, settings, pool, new TransportCounters()), pool);
    }

    private sealed class Provider : ExtensionIdProvider<DataPlane>
    {
        public override DataPlane CreateExtension(ExtendedActorSystem system) => Start(system);
    }
}
