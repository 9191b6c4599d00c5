using System.Runtime.InteropServices;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>
/// Sends rows of the job's data to nodes that have not got it: rows of this data set by their numbers, nothing else. One request after the
/// other, on a thread of the pool, so that neither the data plane nor gradients wait for a disk.
/// </summary>
internal sealed class RowServer(OpenedJob job, ITensorTransport transport, BufferPool pool) : IDisposable
{
    /// <summary>Requests that are kept, of all nodes: more would be memory that others decide about.</summary>
    public const int MostWaiting = 256;

    private readonly Lock _gate = new();
    private readonly Lock _serving = new();
    private readonly Queue<(string Node, FrameArrived Frame)> _waiting = new();
    private readonly long _key = RowFrames.KeyOf(job.Data.Sha256);
    private byte[]? _description;
    private bool _isRunning;
    private bool _isClosed;

    /// <summary>Takes a request, or drops it. Never waits.</summary>
    public void Ask(string node, FrameArrived frame)
    {
        lock (_gate)
        {
            if (_isClosed || _waiting.Count >= MostWaiting)
            {
                transport.Counters.Drop(_isClosed ? DropReason.UnknownJob : DropReason.Overload);
                frame.Payload.Release();
                return;
            }

            _waiting.Enqueue((node, frame));
            if (_isRunning)
                return;
            _isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static server => server.Run(), this, preferLocal: false);
    }

    /// <summary>Waits for the answer that is being written: after that nobody reads the data.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_waiting.TryDequeue(out var request))
                request.Frame.Payload.Release();
        }

        lock (_serving)
        {
            // Whoever was serving is done.
        }
    }

    private void Run()
    {
        while (true)
        {
            lock (_serving)
            {
                (string Node, FrameArrived Frame) request;
                lock (_gate)
                {
                    if (!_waiting.TryDequeue(out request))
                    {
                        _isRunning = false;
                        return;
                    }
                }

                Serve(request.Node, request.Frame.Header, request.Frame.Payload);
                request.Frame.Payload.Release();
            }
        }
    }

    private void Serve(string node, in FrameHeader header, TensorSlice wanted)
    {
        if (header.Kind == FrameKind.DescriptionWanted)
            SendDescription(node, header);
        else
            SendRows(node, header, MemoryMarshal.Cast<byte, int>(wanted.Bytes));
    }

    private void SendDescription(string node, in FrameHeader header)
    {
        try
        {
            _description ??= job.Data.Describe()!.ToBytes();
        }
        catch (Exception error) when (error is DataException or OverflowException)
        {
            _description = []; // too large for it: the node hears that nothing can be had here
        }

        var floats = (_description.Length + sizeof(float) - 1) / sizeof(float);
        var answer = new FrameHeader { Kind = FrameKind.Description, Step = header.Step, Piece = _description.Length };
        if (floats == 0)
        {
            transport.Send(node, job.Id, answer, default);
            return;
        }

        var buffer = pool.Rent(floats);
        buffer.Bytes[..(floats * sizeof(float))].Clear();
        _description.CopyTo(buffer.Bytes);
        transport.Send(node, job.Id, answer, new TensorSlice(buffer, 0, floats));
        buffer.Release();
    }

    private void SendRows(string node, in FrameHeader header, ReadOnlySpan<int> rows)
    {
        var stored = job.Data.Stored!;
        var answer = new FrameHeader { Kind = FrameKind.Rows, Step = header.Step, BestVersion = _key };
        if (header.BestVersion != _key || rows.Length > RowFrames.RowsAtOnce(stored.RowBytes))
        {
            transport.Send(node, job.Id, answer, default);
            return;
        }

        var floats = rows.Length * (stored.RowBytes / sizeof(float));
        var buffer = pool.Rent(floats);
        var isThere = stored.TryCopy(rows, buffer.Bytes[..(floats * sizeof(float))]);
        transport.Send(node, job.Id, answer, isThere ? new TensorSlice(buffer, 0, floats) : default);
        buffer.Release();
        if (isThere)
            transport.Counters.RowsServed(floats * sizeof(float));
    }
}
