using Akka.Actor;

namespace DistributedTrainer.Actors;

/// <summary>Hands a job's frames from the data plane's threads to the job's actor.</summary>
internal sealed class JobFrames(IActorRef jobActor) : IFrameReceiver
{
    public TensorSlice Place(in FrameHeader header, int length) => default;

    public void Deliver(FrameArrived frame) => jobActor.Tell(frame, ActorRefs.NoSender);

    public void Fail(LinkFailed failure) => jobActor.Tell(failure, ActorRefs.NoSender);
}
