using System.Net.Sockets;

namespace DistributedTrainer.Actors;

/// <summary>
/// Writes one record after the other to a connection without ever waiting. The head and the beginning of the payload go in one call; the
/// rest of a long payload goes from where it is. Not safe from several threads.
/// </summary>
internal sealed class RecordWriter(Socket socket)
{
    private const int StagingBytes = 64 * 1024;

    private readonly byte[] _staging = GC.AllocateUninitializedArray<byte>(StagingBytes, pinned: true);
    private int _stagedBegin;
    private int _stagedEnd;
    private TensorSlice _rest;
    private int _restAt;
    private bool _holdsPayload;

    /// <summary>A record has been begun that the system has not taken all of.</summary>
    public bool IsBusy => _stagedBegin < _stagedEnd || _restAt < _rest.Length * sizeof(float);

    /// <summary>Begins a frame, or a record without one. Only while not busy.</summary>
    public void Begin(in RecordHead head, TensorSlice payload)
    {
        head.Write(_staging);
        var bytes = payload.Bytes;
        var staged = Math.Min(bytes.Length, StagingBytes - RecordHead.Size);
        bytes[..staged].CopyTo(_staging.AsSpan(RecordHead.Size));
        (_stagedBegin, _stagedEnd) = (0, RecordHead.Size + staged);
        (_rest, _restAt) = staged < bytes.Length ? (payload, staged) : (default, 0);
    }

    /// <summary>From now on it holds the buffer of the payload that it has begun, where it still needs it.</summary>
    public void Hold()
    {
        if (_holdsPayload || _rest.Buffer is null)
            return;
        _rest.Buffer.Retain();
        _holdsPayload = true;
    }

    /// <summary>Gives the system what it takes without waiting, <paramref name="most"/> bytes at the most.</summary>
    /// <returns>Success once all of the record is with the system; WouldBlock; or what is wrong with the connection.</returns>
    public SocketError Push(int most)
    {
        for (var left = most; IsBusy;)
        {
            if (left <= 0)
                return SocketError.WouldBlock;
            var isStaged = _stagedBegin < _stagedEnd;
            var next = isStaged ? _staging.AsSpan(_stagedBegin, _stagedEnd - _stagedBegin) : _rest.Bytes[_restAt..];
            var sent = socket.Send(next[..Math.Min(next.Length, left)], SocketFlags.None, out var error);
            if (error != SocketError.Success)
                return error;
            left -= sent;
            if (isStaged)
                _stagedBegin += sent;
            else
                _restAt += sent;
        }

        LetGo();
        return SocketError.Success;
    }

    public void Abandon()
    {
        (_stagedBegin, _stagedEnd) = (0, 0);
        LetGo();
    }

    private void LetGo()
    {
        if (_holdsPayload)
            _rest.Release();
        (_holdsPayload, _rest, _restAt) = (false, default, 0);
    }
}
