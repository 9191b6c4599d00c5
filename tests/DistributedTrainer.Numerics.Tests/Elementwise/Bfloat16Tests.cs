namespace DistributedTrainer.Numerics.Tests;

public unsafe class Bfloat16Tests
{
    public static TheoryData<VectorWidth> Widths => [.. Samples.Widths];

    [Theory]
    [InlineData(0x3f80_0000u, 0x3f80_0000u)] // 1
    [InlineData(0x3f80_7fffu, 0x3f80_0000u)] // below the middle: down
    [InlineData(0x3f80_8000u, 0x3f80_0000u)] // the middle: to the even one below
    [InlineData(0x3f81_8000u, 0x3f82_0000u)] // the middle: to the even one above
    [InlineData(0x3f80_8001u, 0x3f81_0000u)] // above the middle: up
    [InlineData(0x3fff_8000u, 0x4000_0000u)] // up into the next exponent
    [InlineData(0x7f7f_8000u, 0x7f80_0000u)] // beyond the largest finite
    [InlineData(0x7f7f_7fffu, 0x7f7f_0000u)]
    [InlineData(0xff80_0000u, 0xff80_0000u)] // −∞
    [InlineData(0x8000_0000u, 0x8000_0000u)] // −0
    [InlineData(0x8000_8000u, 0x8000_0000u)] // subnormal
    [InlineData(0x0000_8001u, 0x0001_0000u)]
    [InlineData(0x7f80_0001u, 0x7fc0_0000u)] // a NaN whose upper half alone would be ∞
    public void Rounds_to_the_nearest_and_ties_to_even(uint bits, uint rounded) =>
        Assert.Equal(rounded, BitConverter.SingleToUInt32Bits(Bfloat16.Round(BitConverter.UInt32BitsToSingle(bits))));

    [Theory, MemberData(nameof(Widths))]
    public void Every_width_and_length_rounds_like_the_definition(VectorWidth width)
    {
        foreach (var n in (int[])[0, 1, 3, 15, 16, 17, 1000])
        {
            var values = Values(n);
            var rounded = new float[n + 1];
            rounded[n] = 42;
            fixed (float* from = values, to = rounded)
                Bfloat16.Round(from, to, n, width);
            Assert.Equal(values.Select(Bfloat16.Round).Select(BitConverter.SingleToUInt32Bits), rounded[..n].Select(BitConverter.SingleToUInt32Bits));
            Assert.Equal(42, rounded[n]);
        }
    }

    [Fact]
    public void Packed_and_unpacked_are_rounded_like_the_definition()
    {
        foreach (var n in (int[])[1, 7, 16, 33, 1000])
        {
            var values = Values(n);
            var (packed, unpacked) = (new ushort[n], new float[n]);
            fixed (float* from = values, to = unpacked)
            fixed (ushort* between = packed)
            {
                Bfloat16.Pack(from, between, n);
                Bfloat16.Unpack(between, to, n);
            }

            Assert.Equal(values.Select(Bfloat16.Round).Select(BitConverter.SingleToUInt32Bits), unpacked.Select(BitConverter.SingleToUInt32Bits));
        }
    }

    [Fact]
    public void Is_the_nearest_of_all_bfloat16_values()
    {
        foreach (var value in Values(20_000).Where(value => MathF.Abs(value) < 3e38f))
        {
            var rounded = Bfloat16.Round(value);
            var bits = BitConverter.SingleToInt32Bits(rounded);
            var error = Math.Abs((double)rounded - value);
            Assert.True(error <= Math.Abs((double)BitConverter.Int32BitsToSingle(bits + 0x1_0000) - value));
            Assert.True((bits & int.MaxValue) == 0 || error <= Math.Abs((double)BitConverter.Int32BitsToSingle(bits - 0x1_0000) - value));
        }
    }

    /// <summary>Random bits: every exponent, NaNs and subnormals among them, and many that lie in the middle.</summary>
    private static float[] Values(int n)
    {
        var words = new uint[n];
        new Philox(1, RandomPurpose.Experiment).Fill(words, 0, 0, 0);
        return [.. words.Select((word, index) => BitConverter.UInt32BitsToSingle(index % 4 == 0 ? (word & 0xffff_0000) | 0x8000 : word))];
    }
}
