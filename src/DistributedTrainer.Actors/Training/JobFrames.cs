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

    /// <summary>The newest version of each piece that was given its place: a repeated frame must not write over what is being read.</summary>
    private readonly long[] _placed;

    public JobFrames(OpenedJob job, ParameterStore store, TransportCounters counters, IActorRef jobActor)
    {
        (_job, _store, _counters, _jobActor) = (job, store, counters, jobActor);
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

    public void Deliver(FrameArrived frame) => _jobActor.Tell(frame, ActorRefs.NoSender);

    public void Fail(LinkFailed failure) => _jobActor.Tell(failure, ActorRefs.NoSender);
}
