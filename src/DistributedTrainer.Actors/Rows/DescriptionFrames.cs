using Akka.Actor;
using DistributedTrainer.Data;

namespace DistributedTrainer.Actors;

/// <summary>The frames of a job that is not open yet because its data is elsewhere: the data's description, and nothing else.</summary>
internal sealed class DescriptionFrames(IActorRef rows, TransportCounters counters) : IFrameReceiver
{
    public bool Accepts(in FrameHeader header, int length)
    {
        if (header.Kind == FrameKind.Description && Fits(header.Piece, length))
            return true;
        counters.Drop(DropReason.UnknownRange);
        return false;
    }

    public TensorSlice Place(in FrameHeader header, int length) => default;

    public void Deliver(FrameArrived frame) => Deliver("", frame);

    public void Deliver(string node, FrameArrived frame) => rows.Tell(new RowsArrived(node, frame), ActorRefs.NoSender);

    public void Fail(LinkFailed failure) => rows.Tell(failure, ActorRefs.NoSender);

    /// <param name="bytes">As the sender says.</param>
    /// <param name="floats">That they fill.</param>
    private static bool Fits(int bytes, int floats) =>
        bytes is >= 0 and <= DataDescription.MostBytes && floats == (bytes + sizeof(float) - 1) / sizeof(float);
}
