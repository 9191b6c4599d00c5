using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// The other end of a socket link in the test's hands: says hello as a node would, and then what the test wants, when it wants. Its address
/// comes before that of any node here, so that it is the one that calls.
/// </summary>
internal sealed class FakePeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private FakePeer(SocketTransport target, string node, int receiveBuffer)
    {
        Node = node;
        if (receiveBuffer > 0)
            _socket.ReceiveBufferSize = receiveBuffer;
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)TimeSpan.FromSeconds(30).TotalMilliseconds;
        _socket.Connect(IPAddress.Loopback, target.Advert.Port);
    }

    public string Node { get; }

    /// <summary>Connects and says hello.</summary>
    public static FakePeer Call(SocketTransport target, string node = "127.0.0.1:1", int uid = 1, int receiveBuffer = 0)
    {
        var peer = new FakePeer(target, node, receiveBuffer);
        var self = DataPlaneAdvert.OfAkkaRemote(node) with { Uid = uid, Transport = DataPlaneSettings.Sockets };
        Handshake.Send(peer._socket, Handshake.Hello(self, target.Advert), TimeSpan.FromSeconds(30));
        Assert.Equal(Handshake.Answer(target.Advert), Handshake.Receive(peer._socket, TimeSpan.FromSeconds(30)));
        return peer;
    }

    /// <summary>Connects and says something else.</summary>
    public static FakePeer CallWith(SocketTransport target, ReadOnlySpan<byte> firstWords)
    {
        var peer = new FakePeer(target, "127.0.0.1:1", 0);
        peer._socket.Send(firstWords);
        return peer;
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[_socket.Send(bytes)..];
    }

    public void SendFrame(string jobId, in FrameHeader header, params float[] values) => Send(Records.Frame(jobId, header, values));

    /// <param name="acknowledged">How many frames the other end is told have arrived.</param>
    public void SendRecord(RecordType type, long acknowledged = 0) => Send(Records.Signal(type, acknowledged));

    /// <summary>The next frame; records of other types are passed over.</summary>
    public (FrameHeader Header, float[] Values) ReceiveFrame()
    {
        while (true)
        {
            var bytes = Receive(RecordHead.Size);
            Assert.Null(RecordHead.TryRead(bytes, int.MaxValue, out var head));
            var payload = Receive(head.PayloadBytes);
            Assert.Equal(Checksum.Of(payload), head.PayloadChecksum);
            if (head.Type == RecordType.Frame)
                return (head.Header, MemoryMarshal.Cast<byte, float>(payload).ToArray());
        }
    }

    /// <summary>Reads until the other end closes the connection.</summary>
    /// <returns>Whether it did within 30 s.</returns>
    public bool IsClosedByTheOther()
    {
        try
        {
            var bytes = new byte[4096];
            while (_socket.Receive(bytes) > 0)
            {
            }

            return true;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted;
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Receive(int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            var count = _socket.Receive(bytes.AsSpan(at));
            Assert.True(count > 0, "the connection was closed in the middle of a record");
            at += count;
        }

        return bytes;
    }
}
