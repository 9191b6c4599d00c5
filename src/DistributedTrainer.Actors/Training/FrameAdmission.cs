using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Which frames of a job a node refuses, whatever it is doing: those that nobody who keeps the protocol sends.</summary>
internal static class FrameAdmission
{
    /// <param name="job">The job.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="active">The assignment in force on this node; null before the first.</param>
    /// <param name="activeSince">The version it was stamped on. An old authority may still finish that version, and goes no further.</param>
    /// <returns>Why it is refused; null where it may be taken.</returns>
    public static DropReason? WhyNot(OpenedJob job, FrameArrived frame, Assignment? active, long activeSince)
    {
        var header = frame.Header;
        var length = frame.Payload.Length;
        var fits = header.Kind switch
        {
            FrameKind.Publish or FrameKind.Push or FrameKind.Replicate or FrameKind.Average => job.PieceOf(header, length) >= 0,
            FrameKind.State or FrameKind.ReplicaState or FrameKind.Model => IsRange(job, header) && length == job.Ranges[header.Range].Length,
            FrameKind.Norm => IsRange(job, header) && header.Step >= 0 && length == 2 * job.TrainedBlocks(header.Range),
            FrameKind.ReplicaAck or FrameKind.TakeOver => IsRange(job, header),
            FrameKind.Help => job.Tree.Contains(header.Slot),
            FrameKind.Decision => EpochFigures.Fits(job, length),
            FrameKind.Stamp or FrameKind.Evaluation => true,
            _ => false,
        };
        if (!fits)
            return DropReason.UnknownRange;
        return header.Kind is FrameKind.Publish or FrameKind.Stamp && active is not null && header.Term < active.Authority && header.Step > activeSince
            ? DropReason.OldTerm
            : null;
    }

    private static bool IsRange(OpenedJob job, in FrameHeader header) => (uint)header.Range < job.Ranges.Count;
}
