using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Actors;

/// <summary>
/// Tries a port before the actor system does: Akka would find it in use too, but prints its own account of that to the console first.
/// </summary>
internal static class PortCheck
{
    /// <exception cref="NodeStartException">Another process listens there.</exception>
    public static void RequireFree(NodeOptions options)
    {
        if (!options.Clustered || options.Port == 0)
            return;
        try
        {
            using var listener = new TcpListener(NodeSystem.IsThisMachineOnly(options.Host) ? IPAddress.Loopback : IPAddress.Any, options.Port);
            listener.Start();
        }
        catch (SocketException error)
        {
            throw NodeSystem.Explain(error, options);
        }
    }
}
