using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace DistributedTrainer.Actors;

/// <summary>Connects to another node: by its Unix socket if it runs here, else by TCP.</summary>
/// <param name="identity">What TCP connections show; null where they are in the clear.</param>
internal sealed class SocketDialer(DataPlaneSettings settings, DataPlaneAdvert self, TlsIdentity? identity)
{
    /// <returns>The connection, with the handshake done.</returns>
    /// <exception cref="SocketException">Nobody listens there, or the connection broke.</exception>
    /// <exception cref="TimeoutException">Nobody answered in time.</exception>
    /// <exception cref="AuthenticationException">One of the two does not accept the other's certificate.</exception>
    public Socket Dial(DataPlaneAdvert peer, TimeSpan bound)
    {
        if (settings.UnixSockets && peer.UnixPath.Length > 0 && peer.Machine == self.Machine)
        {
            try
            {
                return Dial(new UnixDomainSocketEndPoint(peer.UnixPath), peer, bound);
            }
            catch (Exception error) when (error is SocketException or TimeoutException or ArgumentException)
            {
                // Another file system, a container of the same name: TCP reaches it all the same.
            }
        }

        SocketException? last = null;
        foreach (var address in Dns.GetHostAddresses(peer.Host))
        {
            try
            {
                return Dial(new IPEndPoint(address, peer.Port), peer, bound);
            }
            catch (SocketException error)
            {
                last = error;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private Socket Dial(EndPoint place, DataPlaneAdvert peer, TimeSpan bound)
    {
        var socket = identity is not null && place is IPEndPoint tcp
            ? TlsTunnel.Dial(tcp, identity, $"node {peer.Node}", peer.NodeHost, settings, bound)
            : SocketChoices.Create(place, settings);
        try
        {
            if (!socket.Connected)
                Connect(socket, place, bound);
            if (!PeerCredentials.IsSameUser(socket))
                throw new SocketException((int)SocketError.ConnectionRefused);
            Handshake.Send(socket, Handshake.Hello(self, peer), bound);
            var answer = Handshake.Receive(socket, bound);
            if (answer != Handshake.Answer(peer))
                throw new SocketException((int)SocketError.ConnectionRefused);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Connect(Socket socket, EndPoint place, TimeSpan bound)
    {
        try
        {
            socket.Connect(place);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(bound, SelectMode.SelectWrite))
                throw new TimeoutException();
            var result = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (result != 0)
                throw new SocketException(result);
        }
    }
}
