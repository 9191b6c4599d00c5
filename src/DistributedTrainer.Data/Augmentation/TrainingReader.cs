using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistributedTrainer.Data;

/// <summary>
/// Reads training rows as an epoch has them: augmented, where the job augments. One a thread; reading allocates nothing.
/// </summary>
public sealed unsafe class TrainingReader
{
    private readonly Examples _rows;
    private readonly ImageAugmentation? _augmentation;

    // Pinned: its address is taken once for all.
    private readonly float[] _scratch;

    internal TrainingReader(Examples rows, ImageAugmentation? augmentation)
    {
        (_rows, _augmentation) = (rows, augmentation);
        _scratch = augmentation is null ? [] : GC.AllocateUninitializedArray<float>(augmentation.Shape.Length, pinned: true);
    }

    /// <inheritdoc cref="Examples.Read"/>
    /// <param name="rows">Indexes into the training part.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="inputs">(rows, InputLength).</param>
    /// <param name="targets">(rows, TargetLength).</param>
    public void Read(ReadOnlySpan<int> rows, long epoch, float* inputs, float* targets)
    {
        if (_augmentation is null)
            _rows.Read(rows, inputs, targets);
        else
            ((PreparedExamples)_rows).Read(rows, inputs, targets, this, (uint)epoch);
    }

    internal void Augment(float* image, uint row, uint epoch) =>
        _augmentation!.Apply(image, (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scratch)), row, epoch);
}
