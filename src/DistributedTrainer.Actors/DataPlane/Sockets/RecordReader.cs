namespace DistributedTrainer.Actors;

/// <summary>
/// Cuts what a connection receives into records. Heads and short payloads pass through a small buffer, so that one call to the system
/// brings several of them; the rest of a long payload is received where it belongs, and one in shared memory is copied there. It holds
/// one payload at a time, whatever comes.
/// </summary>
internal sealed class RecordReader(IRecordSink sink, BufferPool pool, TransportCounters counters, int frameLimit)
{
    /// <summary>Room for heads and short payloads.</summary>
    private const int StagingBytes = 64 * 1024;

    /// <summary>The most that is received in one go: it is still in the cache when its checksum is taken.</summary>
    private const int DirectBytes = 256 * 1024;

    private readonly byte[] _staging = GC.AllocateUninitializedArray<byte>(StagingBytes, pinned: true);
    private int _begin;
    private int _end;
    private RecordHead _head;
    private IFrameReceiver? _receiver;
    private TensorSlice _payload;
    private bool _isInPayload;
    private int _filled;
    private uint _checksum;

    private long _frames;

    /// <summary>Bytes that were taken from shared memory: its owner waits to hear of it.</summary>
    public long SharedBytes { get; private set; }

    /// <summary>Frames that were delivered or dropped. Safe from any thread.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Where the next bytes belong; never empty.</summary>
    public Span<byte> Target
    {
        get
        {
            if (!_isInPayload)
                return _staging.AsSpan(_end);
            var rest = _head.PayloadBytes - _filled;
            return _receiver is null ? _staging.AsSpan(0, Math.Min(rest, StagingBytes)) : _payload.Bytes.Slice(_filled, Math.Min(rest, DirectBytes));
        }
    }

    /// <summary>So many bytes have been written to <see cref="Target"/>.</summary>
    /// <returns>Why the connection cannot be believed any more; null while it can.</returns>
    public DropReason? Received(int count)
    {
        if (_isInPayload)
        {
            Extend(_receiver is null ? default : _payload.Bytes.Slice(_filled, count), count);
            return Complete();
        }

        _end += count;
        while (!_isInPayload && _end - _begin >= RecordHead.Size)
        {
            if ((TakeHead() ?? TakeStagedPayload()) is { } fault)
                return fault;
        }

        if (_isInPayload || _begin == _end)
            (_begin, _end) = (0, 0);
        else
            MoveToFront();
        return null;
    }

    /// <summary>Forgets what has come of a record that will not be completed, and gives its payload back.</summary>
    public void Abandon()
    {
        _payload.Release();
        (_isInPayload, _receiver, _payload) = (false, null, default);
        (_begin, _end) = (0, 0);
    }

    private DropReason? TakeHead()
    {
        if (RecordHead.TryRead(_staging.AsSpan(_begin), frameLimit, out _head) is { } fault)
            return fault;
        _begin += RecordHead.Size;
        if (!sink.Acknowledge(_head.Acknowledged))
            return DropReason.Malformed;
        switch (_head.Type)
        {
            case RecordType.Goodbye:
                sink.Goodbye();
                break;
            case RecordType.Offer:
                sink.Offered(_head.Offer);
                break;
            case RecordType.OfferTaken:
                sink.OfferTaken();
                break;
            case RecordType.Frame:
                BeginPayload();
                break;
            case RecordType.SharedFrame:
                return TakeShared();
        }

        return null;
    }

    private DropReason? TakeShared()
    {
        if (sink.SharedMemory is not { } memory || !memory.TryRead(_head.Place, _head.PayloadBytes, out var source))
            return DropReason.Malformed;
        BeginPayload();
        SharedBytes += source.Length;
        if (_receiver is not null)
        {
            source.CopyTo(_payload.Bytes);
            // Its owner may go on to use the memory for something else if it has closed the connection meanwhile.
            if (!memory.IsStillLent(_head.Place))
            {
                Abandon();
                return DropReason.Overwritten;
            }
        }

        Deliver();
        return null;
    }

    private void BeginPayload()
    {
        (_isInPayload, _filled, _checksum) = (true, 0, 0);
        var floats = _head.PayloadBytes / sizeof(float);
        _receiver = sink.ReceiverOf(_head.Job);
        if (_receiver is null)
            counters.Drop(DropReason.UnknownJob);
        else if (!_receiver.Accepts(_head.Header, floats))
            _receiver = null;
        if (_receiver is null || floats == 0)
            return;
        _payload = _receiver.Place(_head.Header, floats);
        if (_payload.Buffer is not null && _payload.Length == floats)
            return;
        _payload.Release();
        _payload = new TensorSlice(pool.Rent(floats), 0, floats);
    }

    private DropReason? TakeStagedPayload()
    {
        if (!_isInPayload)
            return null;
        var staged = _staging.AsSpan(_begin, Math.Min(_end - _begin, _head.PayloadBytes));
        if (_receiver is not null)
            staged.CopyTo(_payload.Bytes);
        _begin += staged.Length;
        Extend(staged, staged.Length);
        return Complete();
    }

    private void Extend(ReadOnlySpan<byte> bytes, int count)
    {
        _filled += count;
        if (_receiver is not null)
            _checksum = Checksum.Continue(_checksum, bytes);
    }

    /// <summary>Delivers the frame if all of it is here.</summary>
    private DropReason? Complete()
    {
        if (_filled < _head.PayloadBytes)
            return null;
        if (_receiver is not null && _checksum != _head.PayloadChecksum)
        {
            Abandon();
            return DropReason.BadChecksum;
        }

        Deliver();
        return null;
    }

    private void Deliver()
    {
        var (receiver, payload) = (_receiver, _payload);
        (_isInPayload, _receiver, _payload) = (false, null, default);
        counters.Received(RecordHead.Size + _head.PayloadBytes);
        receiver?.Deliver(sink.Node, new FrameArrived(_head.Header, payload));
        Volatile.Write(ref _frames, _frames + 1);
    }

    private void MoveToFront()
    {
        _staging.AsSpan(_begin, _end - _begin).CopyTo(_staging);
        (_begin, _end) = (0, _end - _begin);
    }
}
