using System.Diagnostics;
using System.Net.Sockets;

namespace DistributedTrainer.Actors;

/// <summary>
/// All traffic with one other node: one connection, on which frames go both ways. Whoever sends a frame gives it to the system in the same
/// call, if nothing waits and the system takes it; what it does not take waits for the link's writing thread. A second thread reads, hands
/// frames over, keeps the link alive and watches whether the other side does. Once closed it stays closed: the next frame makes a new link.
/// </summary>
internal sealed class SocketLink : IRecordSink
{
    /// <summary>The most that is given to the system at once: nobody else can send meanwhile.</summary>
    private const int PushBytes = 1024 * 1024;

    /// <summary>What has been received is acknowledged after this much silence, if no frame has carried the acknowledgement before.</summary>
    private static readonly TimeSpan AcknowledgeAfter = TimeSpan.FromMilliseconds(5);

    private readonly object _gate = new();
    private readonly SocketTransport _transport;
    private readonly DataPlaneSettings _settings;
    private readonly OutgoingQueue _queue;
    private readonly LentPayloads _lent = new();
    private readonly RecordReader _reader;
    private Socket? _socket;
    private RecordWriter? _writer;
    private bool _isClosed;
    private bool _saidGoodbye;
    private bool _heardGoodbye;
    private long _begun;
    private long _acknowledged;
    private long _acknowledgementSent;
    private long _lastSent;
    private volatile bool _lends;
    private long _sharedAcknowledged;
    private SharedView? _view;
    private bool _owesOfferTaken;

    public SocketLink(SocketTransport transport, string node)
    {
        (_transport, _settings, Node) = (transport, transport.Settings, node);
        _queue = new OutgoingQueue(transport.Counters);
        _reader = new RecordReader(this, transport.Pool, transport.Counters, _settings.FrameLimit);
    }

    /// <summary>Address of the other node.</summary>
    public string Node { get; }

    /// <summary>Which process of that address; null while nobody has answered.</summary>
    public int? Uid { get; private set; }

    public bool IsOpen
    {
        get
        {
            lock (_gate)
                return _socket is not null && !_isClosed;
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _isClosed;
        }
    }

    public bool IsFlushed
    {
        get
        {
            lock (_gate)
                return _isClosed || (_queue.Count == 0 && Volatile.Read(ref _acknowledged) == _begun);
        }
    }

    /// <summary>Completes when no thread of this link will deliver any more.</summary>
    public ManualResetEventSlim HasStoppedReading { get; } = new();

    /// <returns>False if the link is closed: the frame belongs to a new one.</returns>
    public bool Send(ulong job, in FrameHeader header, TensorSlice payload)
    {
        var checksum = CanLend(payload) ? 0 : Checksum.Of(payload.Bytes);
        string? failure = null;
        lock (_gate)
        {
            if (_isClosed)
                return false;
            if (_writer is { IsBusy: false } && _queue.Count == 0 && !_lent.IsFull)
            {
                BeginFrame(job, header, payload, checksum);
                failure = Push();
            }
            else
            {
                payload.Buffer?.Retain();
                _queue.Add(new OutgoingFrame(job, header, payload, checksum));
                if (_queue.Bytes > _settings.QueueLimit)
                    failure = $"node {Node} does not read: {_queue.Bytes:#,0} bytes wait for it, more than dtrain.data-plane.queue-limit = {_settings.QueueLimit:#,0}";
            }
        }

        if (failure is not null)
            Close(failure);
        return true;
    }

    /// <summary>The connection is there.</summary>
    /// <returns>False if the link has been closed meanwhile.</returns>
    public bool Open(Socket socket, int uid)
    {
        lock (_gate)
        {
            if (_isClosed || _socket is not null)
                return false;
            (_socket, Uid, _writer, _lastSent) = (socket, uid, new RecordWriter(socket), Stopwatch.GetTimestamp());
            // The first record is never too much for the system; what is wrong with the connection shows when it is read.
            if (socket.AddressFamily == AddressFamily.Unix && _settings.SharedMemory && SharedArena.Current is { } arena)
                Signal(RecordHead.Of(arena.Offer, 0));
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <param name="failure">Null where the end is no failure: one of the two leaves.</param>
    public void Close(string? failure)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _queue.Clear();
            _lent.Clear();
            _writer?.Abandon();
            Monitor.PulseAll(_gate);
            // Closing alone would wait for a thread that polls; shutting down wakes it.
            if (_socket is null)
                HasStoppedReading.Set();
            else
                ShutDown(_socket);
        }

        _transport.Closed(this, failure);
    }

    /// <summary>Tells the other side that the end is no failure. It closes the connection.</summary>
    public void SayGoodbye()
    {
        lock (_gate)
        {
            if (_isClosed || _writer is not { IsBusy: false })
                return;
            _saidGoodbye = true;
            Signal(RecordHead.Signal(RecordType.Goodbye, _reader.Frames));
        }
    }

    // ---- the writing thread -----------------------------------------------------------------------------------------------

    /// <summary>Waits until the link is open or closed, for so long.</summary>
    /// <returns>Whether it is either.</returns>
    public bool Await(TimeSpan time)
    {
        lock (_gate)
            return _socket is not null || _isClosed || (Monitor.Wait(_gate, time) && (_socket is not null || _isClosed));
    }

    /// <summary>Something has happened that whoever waits for the link should look at.</summary>
    public void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    /// <summary>Sends what did not go at once, until the link is closed.</summary>
    public void Write()
    {
        while (AwaitWork() is { } socket)
        {
            string? failure;
            try
            {
                if (!socket.Poll(_settings.KeepAlive, SelectMode.SelectWrite))
                    continue;
                lock (_gate)
                    failure = _isClosed ? null : PushQueued();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                failure = Broken(error.Message);
            }

            if (failure is not null)
                Close(failure);
        }
    }

    private Socket? AwaitWork()
    {
        lock (_gate)
        {
            while (!_isClosed && (_writer is null || (!_writer.IsBusy && !HasWork)))
                Monitor.Wait(_gate);
            return _isClosed ? null : _socket;
        }
    }

    /// <summary>A frame waits that may go now.</summary>
    private bool HasWork => _queue.Count > 0 && !_lent.IsFull;

    private string? PushQueued()
    {
        if (!_writer!.IsBusy)
        {
            if (!HasWork)
                return null;
            var next = _queue.Take();
            BeginFrame(next.Job, next.Header, next.Payload, next.Checksum);
            _writer.Hold();
            next.Payload.Release();
        }

        return Push();
    }

    /// <summary>Whether the other side can read the payload where it is. Once it can, it always can.</summary>
    private bool CanLend(TensorSlice payload) =>
        _lends && payload.Length * sizeof(float) >= SharedArena.LeastBytes && payload.Buffer!.IsShared;

    private void BeginFrame(ulong job, in FrameHeader header, TensorSlice payload, uint checksum)
    {
        Volatile.Write(ref _begun, _begun + 1);
        var bytes = payload.Length * sizeof(float);
        if (CanLend(payload))
        {
            _lent.Add(_begun, payload);
            _transport.Counters.Shared(bytes);
            Begin(new RecordHead(RecordType.SharedFrame, bytes, 0, _reader.Frames, job, payload.Buffer!.PlaceOf(payload.Offset), header), default);
        }
        else
        {
            Begin(new RecordHead(RecordType.Frame, bytes, checksum, _reader.Frames, job, default, header), payload);
        }
    }

    /// <summary>Sends a record without payload, which is not looked after further.</summary>
    private void Signal(in RecordHead head)
    {
        Begin(head, default);
        _writer!.Push(PushBytes);
    }

    private void Begin(in RecordHead head, TensorSlice payload)
    {
        Volatile.Write(ref _acknowledgementSent, head.Acknowledged);
        _writer!.Begin(head, payload);
    }

    /// <returns>Why the link has failed; null while it has not.</returns>
    private string? Push()
    {
        var result = _writer!.Push(PushBytes);
        Volatile.Write(ref _lastSent, Stopwatch.GetTimestamp());
        if (result == SocketError.Success)
            return null;
        if (result != SocketError.WouldBlock)
            return Broken(result.ToString());
        _writer.Hold();
        Monitor.PulseAll(_gate);
        return null;
    }

    // ---- the reading thread -----------------------------------------------------------------------------------------------

    /// <summary>Receives until the link is closed.</summary>
    public void Read()
    {
        try
        {
            Close(ReadUntilEnd(_socket!));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Close(Broken(error.Message));
        }
        catch (Exception error)
        {
            // A receiver that throws is a defect; it must not end the process from a thread of the data plane.
            Close($"a frame of node {Node} could not be taken: {error.GetType().Name}: {error.Message}");
        }
        finally
        {
            _reader.Abandon();
            _view?.Dispose();
            _socket!.Dispose();
            HasStoppedReading.Set();
        }
    }

    private string? ReadUntilEnd(Socket socket)
    {
        var lastHeard = Stopwatch.GetTimestamp();
        var lastLooked = lastHeard;
        while (true)
        {
            var isReadable = socket.Poll(TimeToPoll(lastHeard), SelectMode.SelectRead);
            var now = Stopwatch.GetTimestamp();
            if (isReadable)
            {
                var count = socket.Receive(_reader.Target, SocketFlags.None, out var error);
                if (count == 0 && error != SocketError.WouldBlock)
                    return Volatile.Read(ref _saidGoodbye) ? null : error == SocketError.Success ? $"node {Node} closed its connection" : Broken(error.ToString());
                lastHeard = now;
                if (count > 0 && _reader.Received(count) is { } fault)
                {
                    _transport.Counters.Drop(fault);
                    return $"node {Node} sent something that is no frame ({fault}): its connection is closed";
                }

                if (_heardGoodbye)
                    return null;
            }
            else if (Stopwatch.GetElapsedTime(lastHeard, now) > _settings.SilentAfter)
            {
                // Not the other one's silence, if it is this process that has not run.
                if (Stopwatch.GetElapsedTime(lastLooked, now) < _settings.SilentAfter / 2)
                    return $"node {Node} has been silent for {Stopwatch.GetElapsedTime(lastHeard, now).TotalSeconds:0.0} s";
                lastHeard = now;
            }

            lastLooked = now;
            if ((!isReadable && OwesAcknowledgement) || _reader.SharedBytes - _sharedAcknowledged > LentPayloads.AcknowledgeBytes || Stopwatch.GetElapsedTime(Volatile.Read(ref _lastSent), now) >= _settings.KeepAlive)
            {
                if (KeepAlive() is { } failure)
                    return failure;
            }
        }
    }

    private bool OwesAcknowledgement => _reader.Frames > Volatile.Read(ref _acknowledgementSent);

    /// <summary>Until there is something to do even if nothing arrives; a millisecond more, because the system counts in those.</summary>
    private TimeSpan TimeToPoll(long lastHeard)
    {
        if (OwesAcknowledgement)
            return AcknowledgeAfter;
        var keepAlive = _settings.KeepAlive - Stopwatch.GetElapsedTime(Volatile.Read(ref _lastSent));
        var silent = _settings.SilentAfter - Stopwatch.GetElapsedTime(lastHeard);
        var first = keepAlive < silent ? keepAlive : silent;
        return (first > TimeSpan.Zero ? first : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Frames that are on their way say as much; only on a quiet link a record of its own does.</summary>
    private string? KeepAlive()
    {
        lock (_gate)
        {
            if (_isClosed || _saidGoodbye || _writer!.IsBusy || HasWork)
            {
                Volatile.Write(ref _lastSent, Stopwatch.GetTimestamp()); // it is being tried
                return null;
            }

            _sharedAcknowledged = _reader.SharedBytes;
            Begin(RecordHead.Signal(_owesOfferTaken ? RecordType.OfferTaken : RecordType.KeepAlive, _reader.Frames), default);
            _owesOfferTaken = false;
            return Push();
        }
    }

    IFrameReceiver? IRecordSink.ReceiverOf(ulong job) => _transport.ReceiverOf(job);

    bool IRecordSink.Acknowledge(long frames)
    {
        if (frames < _acknowledged || frames > Volatile.Read(ref _begun))
            return false;
        Volatile.Write(ref _acknowledged, frames);
        if (_lent.IsEmpty)
            return true;
        lock (_gate)
        {
            var wasFull = _lent.IsFull;
            _lent.Return(frames);
            if (wasFull && HasWork)
                Monitor.PulseAll(_gate);
        }

        return true;
    }

    void IRecordSink.Goodbye() => _heardGoodbye = true;

    void IRecordSink.Offered(SharedOffer offer)
    {
        // Over TCP nobody of this machine and user offers anything.
        if (_view is not null || !_settings.SharedMemory || _socket!.AddressFamily != AddressFamily.Unix)
            return;
        _view = SharedView.Open(offer);
        _owesOfferTaken = _view is not null;
        KeepAlive(); // what is wrong with the connection shows when it is read
    }

    void IRecordSink.OfferTaken()
    {
        _lends = SharedArena.Current is not null;
    }

    ISharedMemory? IRecordSink.SharedMemory => _view;

    private static void ShutDown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side was faster.
        }
    }

    private string Broken(string error) => $"the connection to node {Node} is broken: {error}";
}
