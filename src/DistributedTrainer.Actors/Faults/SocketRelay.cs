using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Actors;

/// <summary>
/// Stands between a link and its connection, inside the node, and lets bytes through as the node's faults allow. While the other node is cut
/// off nothing passes in either direction and nothing is lost, as on a TCP connection whose packets get lost: what was sent arrives after the
/// cut, if neither side has given the connection up by then; that it did is not heard of before either.
/// </summary>
internal sealed class SocketRelay
{
    private const int ChunkBytes = 256 * 1024;

    /// <summary>Bytes on their way, like the buffers of a long line; more wait in the link's queue.</summary>
    private const int LineBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly string _node;
    private readonly FaultInjection _faults;
    private readonly Socket _inner;
    private readonly Socket _outer;
    private readonly BlockingCollection<(byte[] Bytes, int Count, long Due)> _line = new(LineBytes / ChunkBytes);
    private int _ended;

    private SocketRelay(Socket inner, Socket outer, string node, FaultInjection faults) =>
        (_inner, _outer, _node, _faults) = (inner, outer, node, faults);

    /// <summary>Puts a relay between the link to a node and its connection, and gives what the link is to use instead.</summary>
    /// <param name="outer">The connection to the other node, with the handshake done.</param>
    public static Socket Before(Socket outer, string node, FaultInjection faults, DataPlaneSettings settings)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var link = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        link.Connect(listener.LocalEndPoint!);
        var inner = listener.Accept();
        SocketChoices.Apply(link, settings);
        (inner.NoDelay, outer.Blocking) = (true, true);
        var relay = new SocketRelay(inner, outer, node, faults);
        DataPlaneThread.Start($"faults: from {node}", relay.Receive);
        DataPlaneThread.Start($"faults: to {node}", relay.Send);
        DataPlaneThread.Start($"faults: line to {node}", relay.Forward);
        return link;
    }

    /// <summary>From the other node to the link.</summary>
    private void Receive()
    {
        var buffer = new byte[ChunkBytes];
        Run(() =>
        {
            while (true)
            {
                AwaitContact();
                var count = _outer.Receive(buffer);
                AwaitContact(); // what comes just after the cut was under way
                if (count == 0)
                    break;
                SendAll(_inner, buffer, count);
            }

            _inner.Shutdown(SocketShutdown.Send);
        });
    }

    /// <summary>From the link onto the line.</summary>
    private void Send()
    {
        Run(() =>
        {
            while (true)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
                var count = _inner.Receive(buffer);
                if (count == 0)
                    break;
                _line.Add((buffer, count, Stopwatch.GetTimestamp() + (long)(_faults.DelayTo(_node).TotalSeconds * Stopwatch.Frequency)));
            }
        });
        _line.CompleteAdding();
    }

    /// <summary>From the line to the other node, each chunk when its time has come.</summary>
    private void Forward()
    {
        Run(() =>
        {
            foreach (var (bytes, count, due) in _line.GetConsumingEnumerable())
            {
                while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } left)
                    Thread.Sleep(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))); // whole milliseconds, and never early
                AwaitContact();
                SendAll(_outer, bytes, count);
                ArrayPool<byte>.Shared.Return(bytes);
            }

            AwaitContact();
            _outer.Shutdown(SocketShutdown.Send);
        });
    }

    private void AwaitContact()
    {
        while (_faults.IsCut(_node))
            Thread.Sleep(LookAgain);
    }

    private static void SendAll(Socket socket, byte[] bytes, int count)
    {
        for (var sent = 0; sent < count;)
            sent += socket.Send(bytes, sent, count - sent, SocketFlags.None);
    }

    /// <summary>One direction, to its end. Broken connections end both; the sockets are freed once all three threads are done.</summary>
    private void Run(Action direction)
    {
        try
        {
            direction();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            AwaitContact();
            Close(_inner);
            Close(_outer);
        }

        if (Interlocked.Increment(ref _ended) < 3)
            return;
        _inner.Dispose();
        _outer.Dispose();
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }
}
