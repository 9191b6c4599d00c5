using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Rows of a table by index: y = table[token]. The gradient adds each position's to its token's row, positions in ascending
/// (sample, position) order into zeros, a table for each slice; slices are added in tree order.
/// </summary>
internal sealed unsafe class EmbeddingTable(int vocabulary, int width) : IDisposable
{
    private FloatBuffer _open = new(0);

    /// <summary>Copies a row a token.</summary>
    /// <param name="table">(vocabulary, width).</param>
    /// <param name="tokens">(positions) indexes as floats.</param>
    /// <param name="positions">Tokens.</param>
    /// <param name="output">Receives (positions, width).</param>
    /// <exception cref="ArgumentException">A token is no index below the vocabulary.</exception>
    public void Forward(float* table, float* tokens, int positions, float* output)
    {
        for (var position = 0; position < positions; position++, output += width)
            new Span<float>(table + (long)Index(tokens[position]) * width, width).CopyTo(new(output, width));
    }

    /// <param name="tokens">(positions), as in the forward pass, checked by it.</param>
    /// <param name="gradient">(positions, width): gradient by the output.</param>
    /// <param name="segments">Slices in positions.</param>
    /// <param name="tableGradient">Receives (vocabulary, width).</param>
    public void Backward(float* tokens, float* gradient, ReadOnlySpan<Segment> segments, float* tableGradient)
    {
        var length = checked(vocabulary * width);
        var top = Reserve(segments, length);
        foreach (var segment in segments)
        {
            new Span<float>(top, length).Clear();
            for (var position = 0; position < segment.Rows; position++, gradient += width)
            {
                var row = top + (long)(int)*tokens++ * width;
                Elementwise.Map(default(Addition), row, gradient, row, width);
            }

            for (var merges = segment.Merges; merges > 0; merges--)
            {
                top -= length;
                Elementwise.Map(default(Addition), top, top + length, top, length);
            }

            top += length;
        }

        if (segments.IsEmpty)
            new Span<float>(tableGradient, length).Clear();
        else
            new Span<float>(_open.Pointer, length).CopyTo(new(tableGradient, length));
    }

    public void Dispose() => _open.Dispose();

    private int Index(float token)
    {
        var index = (int)token;
        return index == token && (uint)index < (uint)vocabulary
            ? index
            : throw new ArgumentException($"A token is {token}; with a vocabulary of {vocabulary} it must be an index from 0 to {vocabulary - 1}.");
    }

    /// <summary>A stack of tables for the sums that wait for their siblings.</summary>
    private float* Reserve(ReadOnlySpan<Segment> segments, int length)
    {
        int waiting = 0, depth = 0;
        foreach (var segment in segments)
        {
            depth = Math.Max(depth, ++waiting);
            waiting -= segment.Merges;
        }

        if (_open.Length < depth * (long)length)
        {
            _open.Dispose();
            _open = new FloatBuffer(checked(depth * length));
        }

        return _open.Pointer;
    }
}
