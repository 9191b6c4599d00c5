using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

// Messages between the actors of one node. They never leave the process, so they carry buffers by reference.

// ---- job actor ↔ worker ------------------------------------------------------------------------------------------------------

/// <summary>
/// Compute the gradient sums of shards First to End − 1 at a step, from the store's version of that number, and push them, piece by
/// piece as they become final; without a route, return them.
/// </summary>
internal sealed record ComputeStep(long Step, int First, int End, PushRoute? Route);

/// <summary>What a slot's gradient sum carries beside it.</summary>
/// <param name="BadShard">The lowest shard whose loss is not finite; −1 for none.</param>
internal readonly record struct PartialHead(StepSums Sums, int BadShard);

/// <summary>The gradient of a whole parameter vector for one slot; the receiver releases the buffer.</summary>
internal sealed record PartialSum(Slot Slot, TensorBuffer Buffer, PartialHead Head);

/// <param name="Partials">What was not pushed already.</param>
internal sealed record StepComputed(long Step, int Shards, IReadOnlyList<PartialSum> Partials);

/// <summary>Add siblings among these partial sums, so that fewer vectors travel.</summary>
internal sealed record MergePartials(long Step, IReadOnlyList<PartialSum> Partials, PushRoute Route);

internal sealed record PartialsMerged(long Step, IReadOnlyList<PartialSum> Partials, PushRoute Route);

/// <summary>Score shards First to End − 1 of the validation part with the store's version.</summary>
/// <param name="Average">The moving average to score in the version's place; the worker releases it. Null: the version.</param>
internal sealed record ComputeEvaluation(long Version, int First, int End, TensorBuffer? Average = null);

/// <summary>Sums by slot, one for each shard with rows; the worker of shard 0 adds the penalty of the whole vector, others NaN.</summary>
internal sealed record EvaluationComputed(long Version, IReadOnlyList<EvaluationSums> Slots, double Penalty);

/// <summary>Evaluation sums as a mutable leaf of the reduction.</summary>
internal sealed record EvaluationSums(Slot Slot, double[] Values);

// ---- job actor ↔ parameter server --------------------------------------------------------------------------------------------

/// <summary>An assignment that may come into force with one of the next versions.</summary>
internal sealed record AssignmentPrepared(Assignment Assignment);

/// <summary>From this version on the assignment is in force.</summary>
internal sealed record AssignmentActivated(long Version, Assignment Assignment);

internal sealed record EvaluationArrived(long Version, Slot Slot, double[] Values, double Penalty);

/// <summary>A server has written a version of its whole range to the node's store.</summary>
internal sealed record RangeWritten(FrameHeader Header);

/// <summary>A server has handed its range over and has nothing left to do.</summary>
internal sealed record RangeHandedOver(int Range);

/// <summary>Versions are so far beyond this server's that it must have been replaced, though nobody has told it.</summary>
internal sealed record RangeOutlived(int Range);

/// <summary>The node has announced its server of a range under this authority.</summary>
internal sealed record RangeTakenOver(long Authority);

/// <summary>Nodes listen to this server again, after another one that had come further.</summary>
internal sealed record RangeReturned;

/// <param name="State">What the next decision begins from.</param>
internal sealed record EpochDecisionKnown(long Version, bool Stop, bool KeepBest, ConvergenceState State)
{
    public static EpochDecisionKnown None { get; } = new(-1, false, false, ConvergenceState.Start);
}

/// <summary>The leading server has decided: all nodes are to hear it.</summary>
internal sealed record EpochConcluded(EpochFigures Figures, EpochDecisionKnown Decision);

/// <summary>To the servers of other ranges, wherever they are: a range's sums of squares, as doubles, or a factor in the head. The receiver releases the buffer.</summary>
internal sealed record ShareNorm(FrameHeader Header, TensorSlice Sums);

/// <summary>No step follows this version, which may lie within an epoch: servers of other ranges than the first learn it so.</summary>
internal sealed record FinalStamped(long Version);

internal sealed record StampNext(int Number);

/// <summary>A node has seen this stamp on a version that the leading server is about to make again.</summary>
internal sealed record StampSeen(FrameHeader Stamp);

/// <summary>Who cannot be reached, as a whole; never changed afterwards.</summary>
internal sealed record GoneChanged(IReadOnlySet<string> Nodes);

/// <summary>A server has its range's state; one that handed it over has it no more.</summary>
internal sealed record RangeServed(int Range);

/// <summary>A backup has caught up: it could take over.</summary>
internal sealed record BackupCounts(int Range);

/// <summary>To a backup: give your state up, it is a server's from now on.</summary>
internal sealed record Promote;

/// <summary>The backup's answer; its parameters and state belong to the receiver.</summary>
/// <param name="Pending">Sums of steps that it has not applied yet, as pushes of the root.</param>
internal sealed record Promoted(RangeState State, Numerics.FloatBuffer Parameters, IReadOnlyList<FrameArrived> Pending)
{
    /// <summary>Nobody goes on from it.</summary>
    public void Discard()
    {
        foreach (var sum in Pending)
            sum.Payload.Release();
        State.Dispose();
        Parameters.Dispose();
    }
}

internal sealed record StopNext;

/// <summary>Send the range of the version to be saved to the saver.</summary>
internal sealed record SendModel(string Saver, long Version, bool UseBest);

/// <summary>A range of the model to be saved, copied into a buffer that the receiver releases.</summary>
internal sealed record ModelRange(int Range, TensorBuffer Buffer);

/// <summary>For the coordinator, by way of the node actor.</summary>
internal sealed record ToCoordinator(IControlMessage Message);
