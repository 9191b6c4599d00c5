using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Cli;

/// <summary>
/// What no exchange between two processes can do without: the bytes of its two phases over one plain socket, both directions at once,
/// nothing summed. Blocking calls, one thread a direction, which is the fastest way that the runtime offers.
/// </summary>
internal sealed class SocketFloor : IDisposable
{
    /// <summary>Up to here a socket takes the bytes at once, so that sending first and receiving then never waits for the other side.</summary>
    private const int SentAtOnce = 32 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _outgoing;
    private readonly byte[] _incoming;
    private readonly int[] _sends;
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _sent = new(0);
    private readonly Thread? _sender;
    private int _sending;

    /// <param name="socket">Connected; disposed with this.</param>
    /// <param name="pushBytes">What this side sends in the first phase, and receives in the second.</param>
    /// <param name="publishBytes">What it sends in the second phase, and receives in the first.</param>
    public SocketFloor(Socket socket, int pushBytes, int publishBytes)
    {
        _socket = socket;
        _sends = [pushBytes, publishBytes];
        var most = _sends.Max();
        _outgoing = GC.AllocateUninitializedArray<byte>(most, pinned: true);
        _incoming = GC.AllocateUninitializedArray<byte>(most, pinned: true);
        MemoryMarshal.Cast<byte, float>(_outgoing.AsSpan()).Fill(1e-3f);
        if (most <= SentAtOnce)
            return;
        _sender = new Thread(SendOnDemand) { IsBackground = true, Name = "floor" };
        _sender.Start();
    }

    public static Socket NewSocket(EndPoint point) => point is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Push, then publish.</summary>
    public void Exchange()
    {
        Phase(_sends[0], _sends[1]);
        Phase(_sends[1], _sends[0]);
    }

    public void Dispose()
    {
        _sending = -1;
        _go.Release();
        _sender?.Join();
        _socket.Dispose();
    }

    private void Phase(int sends, int receives)
    {
        if (_sender is null || sends == 0 || receives == 0)
        {
            Send(sends);
            Receive(receives);
            return;
        }

        _sending = sends;
        _go.Release();
        Receive(receives);
        _sent.Wait();
    }

    private void SendOnDemand()
    {
        while (true)
        {
            _go.Wait();
            if (_sending < 0)
                return;
            try
            {
                Send(_sending);
            }
            catch (SocketException)
            {
                _socket.Close(); // the receiving thread tells
            }

            _sent.Release();
        }
    }

    private void Send(int bytes)
    {
        for (var done = 0; done < bytes;)
            done += _socket.Send(_outgoing.AsSpan(done, bytes - done));
    }

    private void Receive(int bytes)
    {
        for (var done = 0; done < bytes;)
        {
            var received = _socket.Receive(_incoming.AsSpan(done, bytes - done));
            if (received == 0)
                throw new IOException("the other process of the plain-socket measurement closed its connection");
            done += received;
        }
    }
}
