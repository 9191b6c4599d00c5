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
        var checksum = Checksum.Of(payload.Bytes);
        string? failure = null;
        lock (_gate)
        {
            if (_isClosed)
                return false;
            if (_writer is { IsBusy: false } && _queue.Count == 0)
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
            Begin(new RecordHead(RecordType.Goodbye, 0, 0, _reader.Frames, 0, default), default);
            _writer.Push(PushBytes);
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
            while (!_isClosed && (_writer is null || (!_writer.IsBusy && _queue.Count == 0)))
                Monitor.Wait(_gate);
            return _isClosed ? null : _socket;
        }
    }

    private string? PushQueued()
    {
        if (!_writer!.IsBusy)
        {
            var next = _queue.Take();
            BeginFrame(next.Job, next.Header, next.Payload, next.Checksum);
            _writer.Hold();
            next.Payload.Release();
        }

        return Push();
    }

    private void BeginFrame(ulong job, in FrameHeader header, TensorSlice payload, uint checksum)
    {
        Volatile.Write(ref _begun, _begun + 1);
        Begin(new RecordHead(RecordType.Frame, payload.Length * sizeof(float), checksum, _reader.Frames, job, header), payload);
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
            if ((!isReadable && OwesAcknowledgement) || Stopwatch.GetElapsedTime(Volatile.Read(ref _lastSent), now) >= _settings.KeepAlive)
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
            if (_isClosed || _saidGoodbye || _writer!.IsBusy || _queue.Count > 0)
            {
                Volatile.Write(ref _lastSent, Stopwatch.GetTimestamp()); // it is being tried
                return null;
            }

            Begin(new RecordHead(RecordType.KeepAlive, 0, 0, _reader.Frames, 0, default), default);
            return Push();
        }
    }

    IFrameReceiver? IRecordSink.ReceiverOf(ulong job) => _transport.ReceiverOf(job);

    bool IRecordSink.Acknowledge(long frames)
    {
        if (frames < _acknowledged || frames > Volatile.Read(ref _begun))
            return false;
        Volatile.Write(ref _acknowledged, frames);
        return true;
    }

    void IRecordSink.Goodbye() => _heardGoodbye = true;

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
