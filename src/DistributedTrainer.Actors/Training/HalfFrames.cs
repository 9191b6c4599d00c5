using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// Parameters and gradient sums of a job in bfloat16 as frames between nodes carry them: two values in the place of a float32. On a node
/// they are float32 values that bfloat16 holds, so that nothing else knows of it.
/// </summary>
internal static unsafe class HalfFrames
{
    /// <summary>Whether frames of the kind are packed; a range's state and the model go as float32.</summary>
    public static bool Carries(FrameKind kind) => kind is FrameKind.Publish or FrameKind.Push or FrameKind.Replicate;

    /// <summary>A copy for the wire, in floats' places; the caller releases it.</summary>
    public static TensorSlice Pack(TensorSlice slice, BufferPool pool)
    {
        var length = PackedLength(slice.Length);
        var buffer = pool.Rent(length);
        buffer.Floats[length - 1] = 0; // half of it is padding where the number is odd
        Bfloat16.Pack(slice.Buffer!.Pointer + slice.Offset, (ushort*)buffer.Pointer, slice.Length);
        return new TensorSlice(buffer, 0, length);
    }

    /// <summary>The frame with its values as float32; null, and the frame released, where it does not hold a piece of this job.</summary>
    public static FrameArrived? Unpack(OpenedJob job, FrameArrived frame, BufferPool pool)
    {
        using var _ = new Released(frame.Payload);
        if (job.PieceOf(frame.Header) is not { } piece || frame.Payload.Length != PackedLength(piece.Length))
            return null;
        var buffer = pool.Rent(piece.Length);
        Bfloat16.Unpack((ushort*)(frame.Payload.Buffer!.Pointer + frame.Payload.Offset), buffer.Pointer, piece.Length);
        return frame with { Payload = new TensorSlice(buffer, 0, piece.Length) };
    }

    /// <summary>Floats of payload that a frame between nodes has for so many values.</summary>
    public static int WireLength(OpenedJob job, FrameKind kind, int values) => job.IsHalf && Carries(kind) ? PackedLength(values) : values;

    private static int PackedLength(int values) => (values + 1) / 2;

    private readonly struct Released(TensorSlice slice) : IDisposable
    {
        public void Dispose() => slice.Release();
    }
}
