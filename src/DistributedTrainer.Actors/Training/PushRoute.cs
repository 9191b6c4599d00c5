using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// Where a step's gradient sums go: for each piece the actor that serves it on this node, or the node that does. Made anew whenever that
/// changes; used by workers on their own threads.
/// </summary>
/// <param name="owners">Node address by range; "" where nobody serves it just now, or nobody there needs the sums.</param>
/// <param name="authority">Of the assignment in force.</param>
/// <param name="servers">This node's servers by range; null for ranges that other nodes serve.</param>
/// <param name="attempt">0 for the owner's own work; else the attempt at which it was asked for.</param>
internal sealed class PushRoute(
    OpenedJob job, string self, string[] owners, long authority, IActorRef?[] servers, ITensorTransport transport, BufferPool pool,
    int attempt = 0)
{
    /// <summary>Whether a sum leaves the node: then siblings are worth adding before.</summary>
    public bool LeavesNode { get; } = owners.Any(owner => owner.Length > 0 && owner != self);

    /// <summary>Sends one piece of a slot's sum; the buffer stays the caller's.</summary>
    public void Push(long step, Slot slot, in PartialHead head, TensorBuffer buffer, int piece)
    {
        var (range, index, begin, length) = job.Pieces[piece];
        var header = new FrameHeader
        {
            Kind = FrameKind.Push,
            Range = range,
            Piece = index,
            Term = authority,
            Part = (byte)attempt,
            Step = step,
            SlotFirst = slot.First,
            SlotEnd = slot.End,
            Sums = head.Sums,
            BadShard = head.BadShard,
        };
        var slice = new TensorSlice(buffer, begin, length);
        if (owners[range].Length == 0)
            return;
        if (servers[range] is not { } server)
        {
            Send(owners[range], header, slice);
            return;
        }

        buffer.Retain();
        server.Tell(new FrameArrived(header, slice), ActorRefs.NoSender);
    }

    private void Send(string owner, in FrameHeader header, TensorSlice slice)
    {
        if (!job.IsHalf)
        {
            transport.Send(owner, job.Id, header, slice);
            return;
        }

        var packed = HalfFrames.Pack(slice, pool);
        transport.Send(owner, job.Id, header, packed);
        packed.Release();
    }

    /// <summary>Sends all pieces of a slot's sum and releases its buffer.</summary>
    public void PushWhole(long step, PartialSum partial)
    {
        for (var piece = job.Pieces.Length - 1; piece >= 0; piece--)
            Push(step, partial.Slot, partial.Head, partial.Buffer, piece);
        partial.Buffer.Release();
    }
}
