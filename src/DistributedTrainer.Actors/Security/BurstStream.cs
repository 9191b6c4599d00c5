using System.Net.Sockets;

namespace DistributedTrainer.Actors;

/// <summary>
/// A connection under TLS, which would otherwise be written and read record by record of 16 KiB, each with a call to the system and a change
/// of thread at the other end. What is written waits for <see cref="Flush"/> or a full buffer; what is read comes in as large pieces as there
/// are. One thread may write while another reads.
/// </summary>
internal sealed class BurstStream(Socket socket) : Stream
{
    /// <summary>Several TLS records.</summary>
    private const int BufferBytes = 256 * 1024;

    private readonly byte[] _out = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly byte[] _in = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private int _waiting;
    private int _begin;
    private int _end;

    /// <summary>Whether each write goes out at once, as a handshake needs it.</summary>
    public bool SendsAtOnce { get; set; } = true;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_begin == _end)
            (_begin, _end) = (0, Receive());
        var count = Math.Min(buffer.Length, _end - _begin);
        _in.AsSpan(_begin, count).CopyTo(buffer);
        _begin += count;
        return count;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, BufferBytes - _waiting);
            buffer[..count].CopyTo(_out.AsSpan(_waiting));
            _waiting += count;
            buffer = buffer[count..];
            if (SendsAtOnce || _waiting == BufferBytes)
                Flush();
        }
    }

    public override void Flush()
    {
        try
        {
            for (var sent = 0; sent < _waiting;)
                sent += socket.Send(_out.AsSpan(sent, _waiting - sent));
        }
        catch (SocketException error)
        {
            throw new IOException(error.Message, error);
        }

        _waiting = 0;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Receive()
    {
        try
        {
            return socket.Receive(_in);
        }
        catch (SocketException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
