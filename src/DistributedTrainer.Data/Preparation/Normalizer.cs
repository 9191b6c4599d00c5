using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistributedTrainer.Data;

/// <summary>
/// Normalization, fitted and applied. Fitting steers the weights, so its arithmetic is fixed: double sums over the training rows in
/// ascending row order, one chain a column; mean = sum / n; variance = (sum of squared distances from the mean) / n. A column whose
/// values are all equal gets factor 1 and becomes 0 (one whose spread is below 3e-39, so that float32 cannot hold the reciprocal, gets
/// factor 1 too). Columns of one-hot coding are left as they are. Applying is (x − offset) · factor with two float32 roundings,
/// or x · (1/255f).
/// </summary>
internal sealed unsafe class Normalizer(Normalization kind, float[] offset, float[] factor)
{
    private const float ScaleFactor = 1 / 255f;

    public Normalization Kind => kind;

    public IReadOnlyList<float> Offset => offset;

    public IReadOnlyList<float> Factor => factor;

    /// <param name="kind">What to fit.</param>
    /// <param name="rows">Raw rows.</param>
    /// <param name="training">The training rows' indexes, ascending.</param>
    /// <param name="oneHot">By column: true for columns left as they are; empty for none.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="DataException">A column spreads beyond float32.</exception>
    public static Normalizer Fit(Normalization kind, RowSource rows, int[] training, ReadOnlySpan<bool> oneHot, string name)
    {
        if (kind is Normalization.None or Normalization.Scale)
            return new Normalizer(kind, [], []);

        var statistics = ColumnStatistics.Of(rows, training, kind == Normalization.Standard);
        var offset = new float[rows.Length];
        var factor = new float[rows.Length];
        for (var column = 0; column < rows.Length; column++)
        {
            factor[column] = 1;
            if (!oneHot.IsEmpty && oneHot[column])
                continue;
            var (min, max) = (statistics.Min[column], statistics.Max[column]);
            var (center, spread) = kind == Normalization.Standard
                ? (statistics.Mean[column], statistics.Deviation[column])
                : (min, (double)max - min);
            offset[column] = min == max ? min : (float)center;
            var reciprocal = (float)(1 / spread);
            if (min != max && float.IsFinite(reciprocal))
                factor[column] = reciprocal;
            if (!float.IsFinite((max - offset[column]) * factor[column]) || !float.IsFinite((min - offset[column]) * factor[column]))
            {
                throw new DataException(
                    $"{name}: input column {column + 1} spreads from {min} to {max}: too wide for float32. Rescale it.");
            }
        }

        return new Normalizer(kind, offset, factor);
    }

    /// <summary>Normalizes one row in place.</summary>
    public void Apply(float* values, int length)
    {
        if (kind == Normalization.Scale)
            Scale(values, length);
        else if (kind != Normalization.None)
            ShiftAndScale(values, length);
    }

    private static void Scale(float* values, int length)
    {
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
                Unsafe.WriteUnaligned(values + i, Unsafe.ReadUnaligned<Vector<float>>(values + i) * ScaleFactor);
        }

        for (; i < length; i++)
            values[i] *= ScaleFactor;
    }

    private void ShiftAndScale(float* values, int length)
    {
        fixed (float* offsets = offset, factors = factor)
        {
            var i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
                {
                    var shifted = Unsafe.ReadUnaligned<Vector<float>>(values + i) - Unsafe.ReadUnaligned<Vector<float>>(offsets + i);
                    Unsafe.WriteUnaligned(values + i, shifted * Unsafe.ReadUnaligned<Vector<float>>(factors + i));
                }
            }

            for (; i < length; i++)
                values[i] = (values[i] - offsets[i]) * factors[i];
        }
    }
}
