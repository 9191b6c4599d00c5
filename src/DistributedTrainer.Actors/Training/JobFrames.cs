using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>
/// Takes a job's frames from the data plane's threads: published pieces go straight to their place in the store, and everything is then
/// told to the job's actor.
/// </summary>
internal sealed class JobFrames : IFrameReceiver
{
    private readonly OpenedJob _job;
    private readonly ParameterStore _store;
    private readonly TransportCounters _counters;
    private readonly IActorRef _jobActor;
    private readonly RowServer? _rows;

    /// <summary>The newest version of each piece that was given its place: a repeated frame must not write over what is being read.</summary>
    private readonly long[] _placed;

    /// <param name="rows">Serves nodes that have not the job's data; null where nobody does.</param>
    public JobFrames(OpenedJob job, ParameterStore store, TransportCounters counters, IActorRef jobActor, RowServer? rows = null)
    {
        (_job, _store, _counters, _jobActor, _rows) = (job, store, counters, jobActor, rows);
        _placed = new long[job.Pieces.Length];
    }

    public bool Accepts(in FrameHeader header, int length)
    {
        if (FrameAdmission.Fits(_job, header, length))
            return true;
        _counters.Drop(DropReason.UnknownRange);
        return false;
    }

    public TensorSlice Place(in FrameHeader header, int length)
    {
        // bfloat16 must be unpacked on its way to its place.
        if (_job.IsHalf || header.Kind != FrameKind.Publish || _job.PieceOf(header, length) is not (>= 0 and var piece))
            return default;
        var placed = Volatile.Read(ref _placed[piece]);
        if (header.Step <= placed || _store.HoldNext(header.Step) is not { } buffer)
            return default;
        if (Interlocked.CompareExchange(ref _placed[piece], header.Step, placed) == placed)
            return new TensorSlice(buffer, _job.Pieces[piece].Begin, length);
        buffer.Release();
        return default;
    }

    public void Deliver(FrameArrived frame) => Deliver("", frame);

    public void Deliver(string node, FrameArrived frame)
    {
        if (frame.Header.Kind < FrameKind.DescriptionWanted)
            _jobActor.Tell(frame, ActorRefs.NoSender);
        else if (frame.Header.Kind == FrameKind.Rows && _job.Rows is { } supply)
            supply.Arrived(node, frame); // not by way of the job's actor, whose thread may be the one that waits for them
        else if (_rows is { } server)
            server.Ask(node, frame);
        else
            frame.Payload.Release();
    }

    public void Fail(LinkFailed failure)
    {
        _job.Rows?.Fail(failure);
        _jobActor.Tell(failure, ActorRefs.NoSender);
    }
}
