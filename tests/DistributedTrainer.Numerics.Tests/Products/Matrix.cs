namespace DistributedTrainer.Numerics.Tests;

/// <summary>
/// A stored matrix with room between its rows, and with guard values there and around: a kernel that writes outside its matrix is seen.
/// </summary>
internal sealed unsafe class Matrix : IDisposable
{
    private const float Guard = -123.25f;
    private const int Margin = 64;

    private readonly FloatBuffer _buffer;

    public Matrix(int rows, int columns, int extraStride = 0)
    {
        (Rows, Columns, Stride) = (rows, columns, columns + extraStride);
        _buffer = new FloatBuffer(2 * Margin + rows * Stride);
        _buffer.Span.Fill(Guard);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Stride { get; }

    /// <summary>Deliberately not aligned to a whole vector.</summary>
    public float* Pointer => _buffer.Pointer + Margin - 3;

    public float this[int row, int column]
    {
        get => Pointer[(long)row * Stride + column];
        set => Pointer[(long)row * Stride + column] = value;
    }

    public static Matrix Filled(int rows, int columns, int extraStride, Func<float> next)
    {
        var matrix = new Matrix(rows, columns, extraStride);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                matrix[row, column] = next();
        }

        return matrix;
    }

    /// <summary>Equal bits in every element and every gap; any NaN equals any NaN.</summary>
    public static void AssertSame(Matrix expected, Matrix actual, string because)
    {
        var left = expected._buffer.Span;
        var right = actual._buffer.Span;
        Assert.Equal(left.Length, right.Length);
        for (var i = 0; i < left.Length; i++)
        {
            var same = BitConverter.SingleToInt32Bits(left[i]) == BitConverter.SingleToInt32Bits(right[i])
                || (float.IsNaN(left[i]) && float.IsNaN(right[i]));
            if (!same)
            {
                var at = i - Margin + 3;
                Assert.Fail($"{because}: at row {at / expected.Stride}, column {at % expected.Stride}, stride {expected.Stride}, "
                    + $"expected {left[i]:R}, got {right[i]:R}.");
            }
        }
    }

    public void Dispose() => _buffer.Dispose();
}
