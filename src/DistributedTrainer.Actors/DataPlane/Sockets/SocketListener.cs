using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DistributedTrainer.Actors;

/// <summary>
/// Listens on TCP and, where the system has it, on a Unix socket. A connection that says in time who it is, and shows the key, is handed
/// on; any other is closed. The number of those that have not said it yet is bounded.
/// </summary>
internal sealed class SocketListener : IDisposable
{
    private readonly SocketTransport _transport;
    private readonly DataPlaneSettings _settings;
    private readonly UnixSocketFolder? _folder;
    private readonly Socket _tcp;
    private readonly Socket? _unix;
    private readonly Lock _adopting = new();
    private int _strangers;
    private volatile bool _isStopped;

    /// <param name="thisMachineOnly">Whether to listen on the loopback device alone.</param>
    /// <exception cref="NodeStartException">None of the ports is free.</exception>
    public SocketListener(SocketTransport transport, bool thisMachineOnly)
    {
        (_transport, _settings) = (transport, transport.Settings);
        _tcp = ListenOnTcp(thisMachineOnly ? IPAddress.Loopback : IPAddress.Any);
        _folder = _settings.UnixSockets ? UnixSocketFolder.Create() : null;
        _unix = _folder is null ? null : Listen(new UnixDomainSocketEndPoint(_folder.SocketPath));
    }

    public int Port => ((IPEndPoint)_tcp.LocalEndPoint!).Port;

    /// <summary>Empty if there is none.</summary>
    public string UnixPath => _folder?.SocketPath ?? "";

    public void Start()
    {
        DataPlaneThread.Start("tensors: accept", () => Accept(_tcp));
        if (_unix is not null)
            DataPlaneThread.Start("tensors: accept here", () => Accept(_unix));
    }

    public void Dispose()
    {
        _isStopped = true;
        _tcp.Dispose();
        _unix?.Dispose();
        _folder?.Dispose();
    }

    private Socket ListenOnTcp(IPAddress address)
    {
        var (first, last) = _settings.Ports;
        for (var port = first; ; port++)
        {
            try
            {
                return Listen(new IPEndPoint(address, port));
            }
            catch (SocketException error) when (port < last && error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one may be free.
            }
            catch (SocketException error)
            {
                var ports = first == last ? $"port {first}" : $"ports {first} to {last}";
                throw new NodeStartException($"the data plane cannot listen on {ports} of {address}: {error.Message}; choose others with dtrain.data-plane.port, 0 for a free one", 3, error);
            }
        }
    }

    private static Socket Listen(EndPoint place)
    {
        var socket = new Socket(place.AddressFamily, SocketType.Stream, place is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            socket.Bind(place);
            socket.Listen(128);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Accept(Socket listener)
    {
        while (!_isStopped)
        {
            try
            {
                var socket = listener.Accept();
                if (Interlocked.Increment(ref _strangers) <= _settings.Strangers)
                    DataPlaneThread.Start("tensors: greet", () => Greet(socket));
                else
                    TurnAway(socket);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                if (!_isStopped)
                    Thread.Sleep(_settings.KeepAlive); // out of handles, perhaps: trying at once would help nobody
            }
        }
    }

    /// <summary>Runs on a thread of its own, which goes on as the link's reading thread.</summary>
    private void Greet(Socket socket)
    {
        SocketLink? link;
        try
        {
            var certificate = default(X509Certificate2);
            if (_transport.Identity is { } identity && socket.AddressFamily != AddressFamily.Unix)
                (socket, certificate) = TlsTunnel.Answer(socket, identity, _settings);
            else
                SocketChoices.Apply(socket, _settings);
            var hello = PeerCredentials.IsSameUser(socket) ? Handshake.Receive(socket, _settings.HandshakeWithin) : null;
            if (hello is null || Handshake.Check(hello, _transport.Advert) is not { } caller || !IsWhoItSays(caller.Node, certificate))
            {
                TurnAway(socket);
                return;
            }

            // One after the other: whoever has been answered first is replaced by whoever is answered next, not the other way round.
            lock (_adopting)
            {
                Handshake.Send(socket, Handshake.Answer(_transport.Advert), _settings.HandshakeWithin);
                link = _transport.Adopt(socket, caller.Node, caller.Uid);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or TimeoutException or AuthenticationException)
        {
            TurnAway(socket);
            return;
        }

        Interlocked.Decrement(ref _strangers);
        if (link is null)
            socket.Dispose();
        else
            link.Read();
    }

    /// <param name="certificate">What the caller has shown; null where it had to show none.</param>
    private bool IsWhoItSays(string node, X509Certificate2? certificate) =>
        certificate is null || _transport.Identity!.Accepts(certificate, $"node {node}", DataPlaneAdvert.HostOf(node));

    private void TurnAway(Socket socket)
    {
        Interlocked.Decrement(ref _strangers);
        _transport.Counters.Refuse();
        socket.Dispose();
    }
}
