using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// Rows of a table by index: y = table[token]. The gradient adds each position's to its token's row, positions in ascending
/// (sample, position) order into zeros, a table for each slice; slices are added in tree order.
/// </summary>
internal sealed unsafe class EmbeddingTable(int vocabulary, int width) : IDisposable
{
    private readonly SegmentStack _open = new(checked(vocabulary * width));

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
        _open.Begin(segments);
        foreach (var segment in segments)
        {
            new Span<float>(_open.Top, vocabulary * width).Clear();
            for (var position = 0; position < segment.Rows; position++, gradient += width)
                GradientSum.Add(_open.Top + (long)(int)*tokens++ * width, gradient, width);
            _open.Close(segment);
        }

        _open.Finish(tableGradient);
    }

    public void Dispose() => _open.Dispose();

    private int Index(float token)
    {
        var index = (int)token;
        return index == token && (uint)index < (uint)vocabulary
            ? index
            : throw new ArgumentException($"A token is {token}; with a vocabulary of {vocabulary} it must be an index from 0 to {vocabulary - 1}.");
    }
}
