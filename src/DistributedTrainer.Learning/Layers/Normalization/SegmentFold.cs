using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Sums of segments, rounded to float32 and then added along the segments' tree: for gradients that no product kernel computes.</summary>
internal sealed unsafe class SegmentFold(int length)
{
    private readonly List<float[]> _stack = [];
    private int _depth;

    public void Begin() => _depth = 0;

    /// <param name="sums">(length) of the next segment.</param>
    /// <param name="merges">Additions that follow it.</param>
    public void Add(ReadOnlySpan<double> sums, int merges)
    {
        if (_depth == _stack.Count)
            _stack.Add(new float[length]);
        var top = _stack[_depth++];
        for (var i = 0; i < length; i++)
            top[i] = (float)sums[i];
        for (; merges > 0; merges--)
        {
            var (left, right) = (_stack[_depth - 2], _stack[_depth - 1]);
            _depth--;
            fixed (float* l = left, r = right)
                GradientSum.Add(l, r, length);
        }
    }

    /// <summary>Writes the sum of all segments.</summary>
    public void End(float* result) => _stack[0].CopyTo(new Span<float>(result, length));
}

/// <summary>Moments of segments, joined along the segments' tree.</summary>
internal sealed unsafe class MomentsFold(RunningMoments moments)
{
    private readonly RunningMoments _local = moments with
    {
        Mean = moments.Mean with { Offset = 0 },
        Variance = moments.Variance with { Offset = moments.Mean.Length },
    };

    private readonly List<float[]> _stack = [];
    private readonly List<long> _rows = [];
    private int _depth;

    public void Begin() => _depth = 0;

    /// <param name="negativeMeans">(channels).</param>
    /// <param name="squares">(channels): sums of squared deviations.</param>
    /// <param name="segment">Their rows, and the joins that follow.</param>
    public void Add(ReadOnlySpan<float> negativeMeans, ReadOnlySpan<double> squares, in Segment segment)
    {
        var channels = moments.Mean.Length;
        if (_depth == _stack.Count)
        {
            _stack.Add(new float[2 * channels]);
            _rows.Add(0);
        }

        for (var channel = 0; channel < channels; channel++)
        {
            _stack[_depth][channel] = -negativeMeans[channel];
            _stack[_depth][channels + channel] = (float)(squares[channel] / moments.Positions);
        }

        _rows[_depth++] = segment.Rows;
        for (var merges = segment.Merges; merges > 0; merges--)
        {
            _depth--;
            fixed (float* left = _stack[_depth - 1], right = _stack[_depth])
                _local.Merge(left, _rows[_depth - 1], right, _rows[_depth]);
            _rows[_depth - 1] += _rows[_depth];
        }
    }

    /// <summary>Writes the moments of all segments into a whole gradient vector.</summary>
    public void End(float* gradient)
    {
        var channels = moments.Mean.Length;
        _stack[0].AsSpan(0, channels).CopyTo(new Span<float>(gradient + moments.Mean.Offset, channels));
        _stack[0].AsSpan(channels, channels).CopyTo(new Span<float>(gradient + moments.Variance.Offset, channels));
    }
}
