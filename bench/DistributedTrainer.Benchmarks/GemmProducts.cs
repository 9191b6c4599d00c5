using DistributedTrainer.Numerics;

namespace DistributedTrainer.Benchmarks;

/// <summary>The operands of one shape, and the product by either side.</summary>
internal sealed unsafe class GemmProducts : IDisposable
{
    private readonly GemmShape _shape;
    private readonly int _m;
    private readonly int _n;
    private readonly int _k;
    private readonly FloatBuffer _left;
    private readonly FloatBuffer _right;
    private readonly FloatBuffer _product;
    private readonly PackedMatrix? _packed;
    private readonly Segment[] _segments;

    public GemmProducts(GemmShape shape)
    {
        _shape = shape;
        (_m, _n, _k) = shape.Sizes;
        _left = Filled(_m * _k);
        _right = Filled(_k * _n);
        _product = new FloatBuffer(_m * _n);
        if (shape.Kind is ProductKind.ForwardPacked or ProductKind.InputGradientPacked)
        {
            _packed = new PackedMatrix(_k, _n);
            _packed.Pack(_right.Pointer, TransposeB ? _k : _n, TransposeB);
        }

        // Eight leaves in postfix order: after leaf i as many additions as i + 1 has factors of two.
        _segments = shape.Kind == ProductKind.WeightGradientOf8Shards
            ? [.. Enumerable.Range(1, 8).Select(leaf => new Segment(_k / 8, int.TrailingZeroCount(leaf)))]
            : [new Segment(_k, 0)];
    }

    private bool TransposeA => _shape.Kind is ProductKind.WeightGradient or ProductKind.WeightGradientOf8Shards;

    private bool TransposeB => _shape.Kind is ProductKind.Forward or ProductKind.ForwardPacked;

    public void Ours()
    {
        if (_packed is not null)
            Gemm.Multiply(_m, _left.Pointer, _k, _packed, _product.Pointer, _n);
        else if (TransposeA)
            Gemm.WeightGradient(_m, _n, _left.Pointer, _m, _right.Pointer, _n, _segments, _product.Pointer, _n);
        else
            Gemm.Multiply(_m, _n, _k, _left.Pointer, _k, false, _right.Pointer, TransposeB ? _k : _n, TransposeB, _product.Pointer, _n);
    }

    public void Theirs(OpenBlas peer)
    {
        var (lda, ldb) = (TransposeA ? _m : _k, TransposeB ? _k : _n);
        peer.Multiply(_m, _n, _k, _left.Pointer, lda, TransposeA, _right.Pointer, ldb, TransposeB, _product.Pointer, _n);
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _product.Dispose();
        _packed?.Dispose();
    }

    private static FloatBuffer Filled(int length)
    {
        var random = new Random(length);
        var buffer = new FloatBuffer(length);
        foreach (ref var value in buffer.Span)
            value = random.NextSingle() - 0.5f;
        return buffer;
    }
}
