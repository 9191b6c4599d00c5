namespace DistributedTrainer.Numerics.Tests;

public sealed unsafe class PhiloxTests
{
    private static readonly Philox Random = new(42, RandomPurpose.Dropout);

    public static TheoryData<VectorWidth> Widths => [.. Samples.Widths];

    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers_of_Random123(
        uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1, uint word0, uint word1, uint word2, uint word3)
        => Assert.Equal(
            new PhiloxBlock(word0, word1, word2, word3),
            PhiloxBlock.Encrypt(counter0, counter1, counter2, counter3, key0, key1));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Fills_of_every_length_equal_the_words_one_by_one(VectorWidth width)
    {
        foreach (var n in (int[])[.. Enumerable.Range(0, 71), 127, 128, 129, 1000])
        {
            var words = new uint[n + 1];
            words[n] = 0xabcd;
            fixed (uint* p = words)
                Random.Fill(default(WordForm), (float*)p, n, 1, 2, 3, width);
            for (var e = 0; e < n; e++)
                Assert.Equal(Random.Word(e, 1, 2, 3), words[e]);
            Assert.Equal(0xabcdu, words[n]);
        }
    }

    [Fact]
    public void Words_are_those_of_an_independent_implementation()
    {
        // Made by a second implementation, in Python, of the key and the layout as documented.
        int[] elements = [0, 1, 16, 64, 97];
        Assert.Equal(
            [0x10ddf692u, 0x7cd295c0u, 0xf4a6c6b2u, 0x3256f3e6u, 0xe1647aebu], elements.Select(e => Random.Word(e, 1, 2, 3)));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Uniform_numbers_are_the_upper_24_bits(VectorWidth width)
    {
        var x = new float[1000];
        fixed (float* p = x)
            Random.Fill(default(UniformForm), p, 1000, 1, 2, 3, width);
        for (var e = 0; e < x.Length; e++)
            Assert.Equal((Random.Word(e, 1, 2, 3) >> 8) / 16_777_216f, x[e]);
    }

    [Fact]
    public void Normal_numbers_are_the_same_at_every_width()
    {
        var expected = Normals(1000, VectorWidth.Scalar);
        foreach (var width in Samples.Widths)
        {
            Assert.Equal(expected, Normals(1000, width));
            Assert.Equal(expected[..77], Normals(77, width));
        }
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_tails_of_the_normal_distribution()
    {
        const int N = 1_000_000;
        var x = Normals(N, VectorPath.Current);
        Assert.InRange(x.Average(v => (double)v), -0.004, 0.004);
        Assert.InRange(x.Average(v => (double)v * v), 0.994, 1.006);
        Assert.InRange(x.Average(v => Math.Pow(v, 4)), 2.95, 3.05);

        // P(|x| > 2) = 0.0455, five deviations of the count.
        Assert.InRange(x.Count(v => Math.Abs(v) > 2) / (double)N, 0.0455 - 0.0011, 0.0455 + 0.0011);

        // The two halves of a pair are independent: elements e and e + 16 share a block.
        Assert.InRange(Enumerable.Range(0, N / 64).Average(g => (double)x[64 * g] * x[(64 * g) + 16]), -0.04, 0.04);
    }

    [Fact]
    public void Seed_purpose_stream_row_and_step_each_change_the_numbers()
    {
        uint[] words =
        [
            Random.Word(0, 1, 2, 3), new Philox(43, RandomPurpose.Dropout).Word(0, 1, 2, 3),
            new Philox(42, RandomPurpose.Split).Word(0, 1, 2, 3), new Philox(42 | (1UL << 40), RandomPurpose.Dropout).Word(0, 1, 2, 3),
            Random.Word(0, 0, 2, 3), Random.Word(0, 1, 0, 3), Random.Word(0, 1, 2, 0), Random.Word(1, 1, 2, 3), Random.Word(16, 1, 2, 3),
        ];
        Assert.Equal(words.Length, words.Distinct().Count());
    }

    [Fact]
    public void Purposes_and_seeds_never_share_a_key()
    {
        var purposes = Enum.GetValues<RandomPurpose>();
        var keys = Enumerable.Range(0, 1000).SelectMany(seed => purposes.Select(purpose => new Philox((ulong)seed, purpose))).ToHashSet();
        Assert.Equal(1000 * purposes.Length, keys.Count);

        // Two pairs collide only where the seeds differ by a multiple of φ: none of those in use is below 2⁶⁰.
        for (var difference = 1UL; difference < (ulong)purposes.Length; difference++)
        {
            var distance = unchecked(difference * SplitMix.GoldenGamma);
            Assert.True(Math.Min(distance, unchecked(0UL - distance)) > 1UL << 60);
        }
    }

    [Theory]
    [InlineData("", 0x811c9dc5u)]
    [InlineData("a", 0xe40c292cu)]
    [InlineData("foobar", 0xbf9cf968u)]
    public void Streams_of_names_are_FNV_1a(string name, uint expected) => Assert.Equal(expected, Philox.StreamOf(name));

    private static float[] Normals(int n, VectorWidth width)
    {
        var x = new float[n];
        fixed (float* p = x)
            Random.Fill(default(NormalForm), p, n, 1, 2, 3, width);
        return x;
    }
}
