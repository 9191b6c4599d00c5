using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DistributedTrainer.Actors;

/// <summary>
/// Stands between a link and its TCP connection, inside the node: what the link writes goes out encrypted, what comes in is handed on in the
/// clear. So a link is the same with and without TLS, and without it nothing of this is on a frame's path. Two threads a link.
/// </summary>
internal sealed class TlsTunnel
{
    /// <summary>Several TLS records of 16 KiB.</summary>
    private const int ChunkBytes = 128 * 1024;

    private readonly Socket _inner;
    private readonly Socket _outer;
    private readonly BurstStream _burst;
    private readonly SslStream _stream;
    private int _ended;

    private TlsTunnel(Socket inner, Socket outer, BurstStream burst, SslStream stream) => (_inner, _outer, _burst, _stream) = (inner, outer, burst, stream);

    /// <summary>Calls another node, and gives what the link is to use.</summary>
    /// <param name="host">The name that its certificate must be for.</param>
    /// <param name="bound">For the connection and the TLS handshake together.</param>
    /// <exception cref="SocketException">Nobody listens there, or the connection broke.</exception>
    /// <exception cref="TimeoutException">Nobody answered in time.</exception>
    /// <exception cref="AuthenticationException">One of the two does not accept the other's certificate.</exception>
    public static Socket Dial(IPEndPoint place, TlsIdentity identity, string peer, string host, DataPlaneSettings settings, TimeSpan bound)
    {
        // Blocking from the beginning: a socket that was not is slower for ever.
        var outer = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        return Within(bound, outer, () =>
        {
            outer.Connect(place);
            var burst = new BurstStream(outer);
            var stream = new SslStream(burst);
            stream.AuthenticateAsClient(identity.ClientOptions(peer, host));
            return Open(outer, burst, stream, peer, settings);
        });
    }

    /// <summary>Answers a node that has called.</summary>
    /// <returns>What the link is to use, and the certificate that the caller has shown.</returns>
    /// <inheritdoc cref="Dial" path="/exception"/>
    public static (Socket Link, X509Certificate2 Caller) Answer(Socket outer, TlsIdentity identity, DataPlaneSettings settings)
    {
        outer.NoDelay = true;
        var peer = $"a caller at {outer.RemoteEndPoint}";
        return Within(settings.HandshakeWithin, outer, () =>
        {
            var burst = new BurstStream(outer);
            var stream = new SslStream(burst);
            stream.AuthenticateAsServer(identity.ServerOptions(peer));
            return (Open(outer, burst, stream, peer, settings), (X509Certificate2)stream.RemoteCertificate!);
        });
    }

    /// <summary>Whoever drips bytes gets no more time than whoever sends none.</summary>
    private static T Within<T>(TimeSpan bound, Socket outer, Func<T> handshake)
    {
        var isLate = false;
        using var timer = new Timer(
            _ =>
            {
                Volatile.Write(ref isLate, true);
                outer.Dispose();
            },
            null, bound, Timeout.InfiniteTimeSpan);
        try
        {
            return handshake();
        }
        catch (Exception error)
        {
            outer.Dispose();
            if (Volatile.Read(ref isLate))
                throw new TimeoutException();
            throw error is AuthenticationException or SocketException
                ? error
                : error.InnerException as SocketException ?? (Exception)new AuthenticationException($"the TLS handshake failed: {error.Message}", error);
        }
    }

    private static Socket Open(Socket outer, BurstStream burst, SslStream stream, string peer, DataPlaneSettings settings)
    {
        burst.SendsAtOnce = false;
        var (link, inner) = Pair();
        SocketChoices.Apply(link, settings);
        var tunnel = new TlsTunnel(inner, outer, burst, stream);
        DataPlaneThread.Start($"tls: from {peer}", () => tunnel.Run(tunnel.Receive));
        DataPlaneThread.Start($"tls: to {peer}", () => tunnel.Run(tunnel.Send));
        return link;
    }

    /// <summary>Two ends of a connection within this process. Whoever else finds the port in the moment that it is open is shown out.</summary>
    private static (Socket Link, Socket Inner) Pair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(8);
        var link = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        link.Connect(listener.LocalEndPoint!);
        while (true)
        {
            var inner = listener.Accept();
            if (inner.RemoteEndPoint!.Equals(link.LocalEndPoint))
            {
                inner.NoDelay = true;
                return (link, inner);
            }

            inner.Dispose();
        }
    }

    private void Receive()
    {
        var buffer = new byte[ChunkBytes];
        for (int count; (count = _stream.Read(buffer)) > 0;)
        {
            for (var sent = 0; sent < count;)
                sent += _inner.Send(buffer, sent, count - sent, SocketFlags.None);
        }

        _inner.Shutdown(SocketShutdown.Send);
    }

    private void Send()
    {
        var buffer = new byte[ChunkBytes];
        for (int count; (count = _inner.Receive(buffer)) > 0;)
        {
            _stream.Write(buffer, 0, count);
            _burst.Flush();
        }

        // A link closes as a whole: nobody waits any more for what the other node might still send, least of all where it is out of reach.
        _outer.Shutdown(SocketShutdown.Both);
    }

    /// <summary>One direction, to its end. A broken connection ends both; all is freed once both are done.</summary>
    private void Run(Action direction)
    {
        try
        {
            direction();
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException or AuthenticationException)
        {
            ShutDown(_inner);
            ShutDown(_outer);
        }

        if (Interlocked.Increment(ref _ended) < 2)
            return;
        _stream.Dispose();
        _inner.Dispose();
        _outer.Dispose();
    }

    private static void ShutDown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other side was faster.
        }
    }
}
