namespace DistributedTrainer.Actors;

/// <summary>Why a frame was not taken. Each has a counter: see <see cref="TransportCounters"/>.</summary>
public enum DropReason
{
    /// <summary>The bytes are not a frame: wrong mark, lengths that contradict each other, an unknown kind.</summary>
    Malformed,

    /// <summary>Longer than the configuration allows.</summary>
    Oversized,

    /// <summary>The checksum of its head or payload is wrong.</summary>
    BadChecksum,

    /// <summary>It lay in its sender's memory, and the sender has used that for something else: it had closed the connection.</summary>
    Overwritten,

    /// <summary>The node has no such job open.</summary>
    UnknownJob,

    /// <summary>It names a range or piece that the job does not have, or has another length.</summary>
    UnknownRange,

    /// <summary>It belongs to a step that is over: repeated, or overtaken.</summary>
    Stale,

    /// <summary>It belongs to a step after the next one, which nobody can have computed.</summary>
    BeyondNextStep,

    /// <summary>Its sender's authority over the range has ended.</summary>
    OldTerm,

    /// <summary>It asks for rows, and as many requests wait as this node keeps.</summary>
    Overload,
}
