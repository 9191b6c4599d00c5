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
}

/// <summary>The fixed-size head of a frame; the payload is float32 or float64 values, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct FrameHeader
{
    public const int Size = 96;

    public FrameKind Kind { get; init; }

    /// <summary>Publish and Stamp: no step follows this version.</summary>
    public bool IsFinal { get; init; }

    /// <summary>State: index of this part (the parameters, the optimizer's moments, the best version); Parts is their number.</summary>
    public byte Part { get; init; }

    public byte Parts { get; init; }

    public int Range { get; init; }

    /// <summary>Publish and Push: which of the range's pieces this is.</summary>
    public int Piece { get; init; }

    /// <summary>The term of the assignment that gives the sender its authority.</summary>
    public long Term { get; init; }

    /// <summary>Publish: the version; Push: the step; Evaluation, State and Model: the version.</summary>
    public long Step { get; init; }

    /// <summary>Publish and Stamp of range 0: number of the assignment that the coming step follows.</summary>
    public int Assignment { get; init; }

    /// <summary>Push: the lowest shard whose loss is not finite, −1 for none.</summary>
    public int BadShard { get; init; }

    public int SlotFirst { get; init; }

    public int SlotEnd { get; init; }

    /// <summary>Push: the slot's sums. State: the epoch's sums so far.</summary>
    public StepSums Sums { get; init; }

    /// <summary>Evaluation: the penalty of the whole vector, from the node that has shard 0; else NaN. State: the samples of the whole run.</summary>
    public double Extra { get; init; }

    /// <summary>State: the version that the last part holds as the best so far; −1 where none is kept.</summary>
    public long BestVersion { get; init; }

    /// <summary>Publish and Stamp of range 0: the version, this one or one to come, that all servers write to disk; 0 for none.</summary>
    public long CheckpointAt { get; init; }

    public Slot Slot => new(SlotFirst, SlotEnd);

    /// <summary>Writes the header's bytes; the machine is little-endian, as everything .NET runs on.</summary>
    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        MemoryMarshal.Write(destination, this);
    }

    public static FrameHeader Read(ReadOnlySpan<byte> source) => MemoryMarshal.Read<FrameHeader>(source);
}
