using System.Diagnostics.Metrics;

namespace DistributedTrainer.Actors;

/// <summary>
/// What a node's data plane has done so far, for reports and, as the meter "DistributedTrainer.DataPlane", for any collector of .NET
/// metrics. Safe from any thread.
/// </summary>
public sealed class TransportCounters : IDisposable
{
    public const string MeterName = "DistributedTrainer.DataPlane";

    private readonly Meter _meter = new(MeterName);
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private long _bytesSent;
    private long _bytesReceived;
    private long _bytesShared;
    private long _bytesQueued;
    private long _refused;
    private long _rowsFetched;
    private long _rowsServed;

    public TransportCounters()
    {
        _meter.CreateObservableCounter("dtrain.data_plane.sent", () => BytesSent, "By");
        _meter.CreateObservableCounter("dtrain.data_plane.received", () => BytesReceived, "By");
        _meter.CreateObservableCounter("dtrain.data_plane.shared", () => BytesShared, "By");
        _meter.CreateObservableCounter("dtrain.data_plane.rows_fetched", () => RowBytesFetched, "By");
        _meter.CreateObservableCounter("dtrain.data_plane.rows_served", () => RowBytesServed, "By");
        _meter.CreateObservableGauge("dtrain.data_plane.queued", () => BytesQueued, "By");
        _meter.CreateObservableCounter(
            "dtrain.data_plane.dropped",
            () => Enum.GetValues<DropReason>().Select(reason => new Measurement<long>(Dropped(reason), new KeyValuePair<string, object?>("reason", reason.ToString()))),
            "{frame}");
        _meter.CreateObservableCounter("dtrain.data_plane.refused", () => ConnectionsRefused, "{connection}");
    }

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>Those of the sent bytes that the other node read in this one's memory.</summary>
    public long BytesShared => Interlocked.Read(ref _bytesShared);

    /// <summary>Those of the received bytes that are rows of a job's data, which this node has not.</summary>
    public long RowBytesFetched => Interlocked.Read(ref _rowsFetched);

    /// <summary>Those of the sent bytes that are rows of a job's data, for nodes that have it not.</summary>
    public long RowBytesServed => Interlocked.Read(ref _rowsServed);

    /// <summary>Bytes of frames that wait for their link.</summary>
    public long BytesQueued => Interlocked.Read(ref _bytesQueued);

    /// <summary>Frames that were not taken, of all reasons.</summary>
    public long FramesDropped => Enum.GetValues<DropReason>().Sum(Dropped);

    public long Dropped(DropReason reason) => Interlocked.Read(ref _dropped[(int)reason]);

    public void Drop(DropReason reason) => Interlocked.Increment(ref _dropped[(int)reason]);

    /// <summary>Connections that were closed because they did not come from a node of this cluster.</summary>
    public long ConnectionsRefused => Interlocked.Read(ref _refused);

    public void Dispose() => _meter.Dispose();

    internal void Sent(long bytes) => Interlocked.Add(ref _bytesSent, bytes);

    internal void Shared(long bytes) => Interlocked.Add(ref _bytesShared, bytes);

    internal void Received(long bytes) => Interlocked.Add(ref _bytesReceived, bytes);

    internal void RowsFetched(long bytes) => Interlocked.Add(ref _rowsFetched, bytes);

    internal void RowsServed(long bytes) => Interlocked.Add(ref _rowsServed, bytes);

    internal void Refuse() => Interlocked.Increment(ref _refused);

    /// <param name="bytes">Negative when they leave the queue.</param>
    internal void Queued(long bytes) => Interlocked.Add(ref _bytesQueued, bytes);
}
