using CsCheck;

namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class WeightGradientTests
{
    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    public static TheoryData<VectorWidth, Values> Cases()
    {
        var cases = new TheoryData<VectorWidth, Values>();
        foreach (var width in Widths)
        {
            foreach (var values in Enum.GetValues<Values>())
                cases.Add(width, values);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Shards_are_added_in_tree_order(VectorWidth width, Values values)
    {
        var next = ValueSource.Of(values, seed: 13);
        for (var shards = 1; shards <= 9; shards++)
        {
            var rows = Enumerable.Range(0, shards).Select(shard => 1 + (shard * 5 + shards) % 7).ToArray();
            Compare(13, 35, ReductionTree.Postfix(rows), next, width);
            Compare(6, 16, ReductionTree.Postfix(rows), next, width);
            Compare(1, 1, ReductionTree.Postfix(rows), next, width);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Chains_and_stacks_are_carried_over_blocks_of_rows(VectorWidth width, Values values)
    {
        var next = ValueSource.Of(values, seed: 17);
        Compare(9, 20, ReductionTree.Postfix(1300), next, width);
        Compare(9, 20, ReductionTree.Postfix(500, 3, 700), next, width);
        Compare(7, 17, ReductionTree.Postfix(300, 212, 100, 412, 50), next, width);
        Compare(140, 33, ReductionTree.Postfix(150, 150, 150, 150, 150), next, width);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_wide_gradient_that_is_computed_turned_around_has_the_same_bits(VectorWidth width, Values values)
    {
        var next = ValueSource.Of(values, seed: 23);
        Assert.True(WeightGradientKernel.IsFasterTurned(71, 35, 300));
        Compare(71, 35, ReductionTree.Postfix(150, 100, 50), next, width);
        Compare(96, 12, ReductionTree.Postfix(600, 3, 700), next, width);
        Compare(64, 1, ReductionTree.Postfix(256), next, width);
    }

    [Fact]
    public void Blocks_of_the_gradient_itself_meet_without_a_seam()
    {
        var next = ValueSource.Of(Values.Ordinary, seed: 19);
        Compare(1030, 20, ReductionTree.Postfix(2, 3, 2), next, VectorPath.Current);
        Compare(8, 1100, ReductionTree.Postfix(2, 3, 2), next, VectorPath.Current);
        Compare(1030, 530, ReductionTree.Postfix(400, 200), next, VectorPath.Current);
        Compare(2100, 1030, ReductionTree.Postfix(200, 100), next, VectorPath.Current);
    }

    [Fact]
    public void Any_tree_has_the_reference_bits() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 70], Gen.Int[1, 60].Array[1, 12], Gen.Int[0, 3].Select(i => Widths[i]), Gen.Int)
            .Sample(
                (m, n, rows, width, seed) => Compare(m, n, ReductionTree.Postfix(rows), ValueSource.Of(Values.Wild, seed), width),
                iter: 200);

    [Theory]
    [InlineData(VectorWidth.Scalar)]
    [InlineData(VectorWidth.Bits256)]
    public void Sizes_of_zero_are_allowed(VectorWidth width)
    {
        var next = ValueSource.Of(Values.Ordinary, seed: 1);
        Compare(0, 5, ReductionTree.Postfix(2, 2), next, width);
        Compare(5, 0, ReductionTree.Postfix(2, 2), next, width);
        Compare(5, 4, [], next, width);
    }

    [Fact]
    public void Incomplete_trees_are_refused()
    {
        using var x = new Matrix(8, 8);
        Assert.Contains("2 partial sums unadded", Error(new Segment(2, 0), new Segment(2, 0)));
        Assert.Contains("Segment 1 asks for 2 additions", Error(new Segment(2, 0), new Segment(2, 2)));
        Assert.Contains("Segment 0 has 0 rows", Error(new Segment(0, 0)));

        string Error(params Segment[] segments) =>
            Assert.Throws<ArgumentException>(() => Gemm.WeightGradient(2, 2, x.Pointer, 8, x.Pointer, 8, segments, x.Pointer, 8)).Message;
    }

    private static void Compare(int m, int n, Segment[] segments, Func<float> next, VectorWidth width)
    {
        var rows = segments.Sum(segment => segment.Rows);
        using var d = Matrix.Filled(rows, m, 3, next);
        using var x = Matrix.Filled(rows, n, 1, next);
        using var expected = new Matrix(m, n, 2);
        using var actual = new Matrix(m, n, 2);
        GemmReference.WeightGradient(m, n, d.Pointer, d.Stride, x.Pointer, x.Stride, segments, expected.Pointer, expected.Stride);
        Gemm.WeightGradient(m, n, d.Pointer, d.Stride, x.Pointer, x.Stride, segments, actual.Pointer, actual.Stride, width);
        Matrix.AssertSame(expected, actual, $"{m}×{n}, segments {string.Join(' ', segments)}");
    }
}
