using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Actors;

/// <summary>How all connections of the data plane are set: nothing waits, neither in our calls nor for fuller packets.</summary>
internal static class SocketChoices
{
    public static Socket Create(EndPoint place, DataPlaneSettings settings)
    {
        var isUnix = place is UnixDomainSocketEndPoint;
        var socket = new Socket(place.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        Apply(socket, settings);
        return socket;
    }

    public static void Apply(Socket socket, DataPlaneSettings settings)
    {
        socket.Blocking = false;
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true;
        if (settings.SocketBuffer == 0)
            return;
        socket.SendBufferSize = settings.SocketBuffer;
        socket.ReceiveBufferSize = settings.SocketBuffer;
    }
}
