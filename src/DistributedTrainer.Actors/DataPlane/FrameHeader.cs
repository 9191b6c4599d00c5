using System.Runtime.InteropServices;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>What a frame of the data plane carries.</summary>
public enum FrameKind : byte
{
    /// <summary>A version of a range, from its server to nodes with shards. Range 0's frame stamps the assignment of the coming step.</summary>
    Publish = 1,

    /// <summary>The stamp alone, for nodes without shards.</summary>
    Stamp = 2,

    /// <summary>A slot's gradient sum for one range, from a node to the range's server.</summary>
    Push = 3,

    /// <summary>A slot's evaluation sums, to the leading server.</summary>
    Evaluation = 4,

    /// <summary>A part of a range's state, from the server that hands it over to the next one.</summary>
    State = 5,

    /// <summary>A range of the model to be saved, to the saver.</summary>
    Model = 6,

    /// <summary>The root's sum of a piece in a step, from a range's primary to its backup, with the stamp of the version it makes.</summary>
    Replicate = 7,

    /// <summary>A part of a range's state, from its primary to a new backup.</summary>
    ReplicaState = 8,

    /// <summary>A backup has a version; its checksum. No payload.</summary>
    ReplicaAck = 9,

    /// <summary>Compute, or score, a slot's shards at a step although they may not be yours. No payload.</summary>
    Help = 10,

    /// <summary>A node has taken a range over at a version, from its backup. No payload.</summary>
    TakeOver = 11,

    /// <summary>An epoch's decision, from the leading server to all nodes; the payload are the epoch's figures as doubles.</summary>
    Decision = 12,

    /// <summary>A range's sums of its blocks' squared gradients in a step, as doubles, from its server to those of the other ranges.</summary>
    Norm = 13,

    /// <summary>A piece of the moving average at a version that is evaluated, from its server to nodes with shards.</summary>
    Average = 14,

    /// <summary>Send me the data's description. No payload.</summary>
    DescriptionWanted = 15,

    /// <summary>The answer: a <see cref="Data.DataDescription"/>; no payload from a node that has not the data.</summary>
    Description = 16,

    /// <summary>Send me these rows of the data; the payload are their numbers, four bytes each.</summary>
    RowsWanted = 17,

    /// <summary>The answer: the rows as they are stored, in the order asked; no payload from a node that has not that data.</summary>
    Rows = 18,
}

/// <summary>The fixed-size head of a frame; the payload is float32, float64 or bfloat16 values, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct FrameHeader
{
    public const int Size = 96;

    public FrameKind Kind { get; init; }

    /// <summary>
    /// Publish and Stamp: no step follows this version. Replicate: nor the one that this step makes. Decision: training ends here. Help:
    /// the slot is to be scored. TakeOver: refused, the range's newest version being beyond what its sender began from.
    /// </summary>
    public bool IsFinal { get; init; }

    /// <summary>
    /// State and ReplicaState: index of this part (the parameters, the optimizer's moments, the best version); Parts is their number. Help
    /// and Push: which attempt this is, 0 for the owner's. Replicate: 1 where the backup counts. Decision: 1 where the version is the best.
    /// Norm: 1 where the receivers are to send theirs again, 2 where the factor alone is known.
    /// </summary>
    public byte Part { get; init; }

    public byte Parts { get; init; }

    public int Range { get; init; }

    /// <summary>Publish and Push: which of the range's pieces this is. Description: its bytes, without those that fill the last float.</summary>
    public int Piece { get; init; }

    /// <summary>What gives the sender its say: an <see cref="Authority"/>.</summary>
    public long Term { get; init; }

    /// <summary>
    /// Publish: the version; Push: the step; Evaluation, State and Model: the version. DescriptionWanted and RowsWanted: the request's number,
    /// which the answer repeats.
    /// </summary>
    public long Step { get; init; }

    /// <summary>
    /// Publish and Stamp of range 0, and Replicate: number of the assignment that the coming step follows. ReplicaState and ReplicaAck: of
    /// the one that made the backup. TakeOver: of the one in force on the node that has taken over.
    /// </summary>
    public int Assignment { get; init; }

    /// <summary>Push: the lowest shard whose loss is not finite, −1 for none.</summary>
    public int BadShard { get; init; }

    /// <summary>
    /// The slot. Decision: the plateau's epochs since its best, and its reductions after and, in Piece, before. TakeOver: the place of the node
    /// that has taken over among those of the assignment.
    /// </summary>
    public int SlotFirst { get; init; }

    public int SlotEnd { get; init; }

    /// <summary>
    /// Push and Replicate: the slot's sums. State: the epoch's sums so far. Decision: the best value, the train loss, the epochs since the
    /// best.
    /// </summary>
    public StepSums Sums { get; init; }

    /// <summary>
    /// Evaluation: the penalty of the whole vector, from the node that has shard 0; else NaN. State: the samples of the whole run.
    /// Decision: the best value of the plateau's count.
    /// </summary>
    public double Extra { get; init; }

    /// <summary>
    /// State: the version that the last part holds as the best so far; −1 where none is kept. Decision: the best version. ReplicaAck: the
    /// checksum. Replicate: how often plateaus have reduced the learning rate. RowsWanted and Rows: which data, by its hash.
    /// </summary>
    public long BestVersion { get; init; }

    /// <summary>Publish and Stamp of range 0: the version, this one or one to come, that all servers write to disk; 0 for none. Others: see <see cref="ClipFactor"/>.</summary>
    public long CheckpointAt { get; init; }

    /// <summary>
    /// Where the gradient's norm is clipped. Replicate: what the step's gradient is multiplied by. State and ReplicaState: what that of the
    /// version's last step was. Norm with Part 2: what that of the named step was.
    /// </summary>
    public float ClipFactor
    {
        get => BitConverter.Int32BitsToSingle((int)CheckpointAt); // such frames mark no checkpoint
        init => CheckpointAt = BitConverter.SingleToInt32Bits(value);
    }

    public Slot Slot => new(SlotFirst, SlotEnd);

    /// <summary>Writes the header's bytes; the machine is little-endian, as everything .NET runs on.</summary>
    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        MemoryMarshal.Write(destination, this);
    }

    public static FrameHeader Read(ReadOnlySpan<byte> source) => MemoryMarshal.Read<FrameHeader>(source);
}
