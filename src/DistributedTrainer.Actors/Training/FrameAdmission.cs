using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>Which frames of a job a node refuses, whatever it is doing: those that nobody who keeps the protocol sends.</summary>
internal static class FrameAdmission
{
    /// <summary>
    /// Whether the job has what a frame names, in the length that it has. Asked before memory for the payload is rented, on the data
    /// plane's threads.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="header">The frame's head.</param>
    /// <param name="length">Floats of payload, as they come from another node.</param>
    public static bool Fits(OpenedJob job, in FrameHeader header, int length) => header.Kind switch
    {
        FrameKind.Publish or FrameKind.Push or FrameKind.Replicate or FrameKind.Average =>
            job.PieceOf(header) is { } piece && length == HalfFrames.WireLength(job, header.Kind, piece.Length),
        FrameKind.State or FrameKind.ReplicaState or FrameKind.Model => IsRange(job, header) && length == job.Ranges[header.Range].Length,
        FrameKind.Norm => IsRange(job, header) && header.Step >= 0 && length == (header.Part == NormFrame.Factor ? 0 : 2 * job.TrainedBlocks(header.Range)),
        FrameKind.ReplicaAck or FrameKind.TakeOver => IsRange(job, header),
        FrameKind.Help => job.Tree.Contains(header.Slot),
        FrameKind.Decision => EpochFigures.Fits(job, length),
        FrameKind.Stamp or FrameKind.Evaluation => true,
        FrameKind.DescriptionWanted or FrameKind.RowsWanted or FrameKind.Rows => RowFrames.Fits(job, header.Kind, length),
        _ => false,
    };

    /// <summary>Whether a version comes from an authority that another has replaced.</summary>
    /// <param name="header">The frame's head.</param>
    /// <param name="active">The assignment in force on this node; null before the first.</param>
    /// <param name="activeSince">The version it was stamped on. An old authority may still finish that version, and goes no further.</param>
    public static bool IsSuperseded(in FrameHeader header, Assignment? active, long activeSince) =>
        header.Kind is FrameKind.Publish or FrameKind.Stamp && active is not null && header.Term < active.Authority && header.Step > activeSince;

    /// <summary>Whether a version comes from a server whose range another has taken over, and goes further than that one can follow.</summary>
    /// <param name="header">The frame's head.</param>
    /// <param name="servers">Who serves what, as far as this node knows.</param>
    public static bool IsReplaced(in FrameHeader header, RangeServers servers) =>
        header.Kind is FrameKind.Publish or FrameKind.Stamp && servers.IsReplaced(header.Range, header.Term, header.Step);

    private static bool IsRange(OpenedJob job, in FrameHeader header) => (uint)header.Range < job.Ranges.Count;
}
