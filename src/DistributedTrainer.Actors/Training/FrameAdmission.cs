using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Which frames of a job a node refuses, whatever it is doing: those that nobody who keeps the protocol sends.</summary>
internal static class FrameAdmission
{
    /// <param name="job">The job.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="active">The assignment in force on this node; null before the first.</param>
    /// <param name="activeSince">The version it was stamped on. An old authority may still finish that version, and goes no further.</param>
    /// <param name="self">This node.</param>
    /// <param name="started">
    /// The last step that this node has begun. While its shards have rows, no version exists beyond the one after it, nor beyond the one on
    /// which its shards were stamped: they take its own push. It may have had no shards for a while.
    /// </param>
    /// <returns>Why it is refused; null where it may be taken.</returns>
    public static DropReason? WhyNot(OpenedJob job, FrameArrived frame, Assignment? active, long activeSince, string self, long started)
    {
        var header = frame.Header;
        var fits = header.Kind switch
        {
            FrameKind.Publish or FrameKind.Push => job.PieceOf(header, frame.Payload.Length) >= 0,
            FrameKind.State or FrameKind.Model => (uint)header.Range < job.Ranges.Count && frame.Payload.Length == job.Ranges[header.Range].Length,
            FrameKind.Stamp or FrameKind.Evaluation => true,
            _ => false,
        };
        if (!fits)
            return DropReason.UnknownRange;
        if (header.Kind is not (FrameKind.Publish or FrameKind.Stamp) || active is null)
            return null;
        if (header.Term < active.Term && header.Step > activeSince)
            return DropReason.OldTerm;
        return header.Kind == FrameKind.Publish && TakesPushOf(self, job, active, Math.Max(started + 1, activeSince), header.Step)
            ? DropReason.BeyondNextStep
            : null;
    }

    /// <summary>Whether a version comes after a step, from this one on, in which the node's shards have rows. In a short last batch they may have none.</summary>
    private static bool TakesPushOf(string node, OpenedJob job, Assignment active, long step, long version)
    {
        var (first, end) = active.ShardsOf(node);
        if (first == end)
            return false;
        if (version > job.Plan.TotalSteps)
            return true;
        for (; step < version; step++)
        {
            for (var shard = first; shard < end; shard++)
            {
                if (job.Plan.Batches.SliceLength(step, shard) > 0)
                    return true;
            }
        }

        return false;
    }
}
