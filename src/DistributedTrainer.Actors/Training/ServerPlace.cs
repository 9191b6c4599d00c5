using Akka.Actor;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>What a node lends to the servers and workers of one job.</summary>
/// <param name="Self">The node's address.</param>
/// <param name="JobActor">The job's actor on this node.</param>
internal sealed record ServerPlace(
    string Self, IActorRef JobActor, ParameterStore Store, BufferPool Pool, ITensorTransport Transport, JobSurroundings Surroundings)
{
    /// <summary>
    /// Null where workers read <see cref="Store"/>. Where they read bfloat16: the node's store of rounded versions, <see cref="Store"/> being
    /// the servers' own, of float32.
    /// </summary>
    public ParameterStore? Rounded { get; init; }

    /// <summary>A part of a version is written: workers get it rounded, where that is another buffer.</summary>
    public unsafe void Round(TensorBuffer written, int begin, int length, long version)
    {
        if (Rounded?.TryHold(version) is not { } rounded)
            return;
        Bfloat16.Round(written.Pointer + begin, rounded.Pointer + begin, length);
        rounded.Release();
    }

    /// <summary>Sends what may change soon after.</summary>
    public void SendCopy(string node, string jobId, in FrameHeader header, ReadOnlySpan<float> source)
    {
        var buffer = Pool.Rent(source.Length);
        source.CopyTo(buffer.Floats);
        Transport.Send(node, jobId, header, new TensorSlice(buffer, 0, source.Length));
        buffer.Release();
    }

    /// <summary>Sends a slice, to an actor of this node too; the buffer stays the caller's.</summary>
    public void SendSlice(string node, string jobId, in FrameHeader header, TensorSlice slice)
    {
        if (node != Self)
        {
            Transport.Send(node, jobId, header, slice);
            return;
        }

        slice.Buffer!.Retain();
        JobActor.Tell(new FrameArrived(header, slice), ActorRefs.NoSender);
    }

    /// <summary>Sends a frame without payload, to an actor of this node too.</summary>
    public void SendHead(string node, string jobId, in FrameHeader header)
    {
        if (node == Self)
            JobActor.Tell(new FrameArrived(header, default), ActorRefs.NoSender);
        else
            Transport.Send(node, jobId, header, default);
    }
}
