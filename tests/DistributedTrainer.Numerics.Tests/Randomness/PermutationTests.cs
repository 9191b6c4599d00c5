namespace DistributedTrainer.Numerics.Tests;

public sealed class PermutationTests
{
    [Fact]
    public void Every_value_stands_at_exactly_one_position()
    {
        foreach (var n in (int[])[.. Enumerable.Range(1, 300), 1023, 1024, 1025, 1797, 60_000])
            Assert.Equal(Enumerable.Range(0, n), Values(n, stream: (uint)n).Order());
    }

    [Fact]
    public void The_longest_permutation_stays_in_range_and_one_to_one()
    {
        var permutation = new Permutation(7, RandomPurpose.Permutation, 0, int.MaxValue);
        var seen = new HashSet<int>();
        for (var i = 0; i < 100_000; i++)
        {
            // Neighbours at both ends and positions across the whole range.
            foreach (var index in (int[])[i, int.MaxValue - 1 - i, 100_000 + (i * 21_000)])
            {
                var value = permutation.At(index);
                Assert.InRange(value, 0, int.MaxValue - 1);
                Assert.True(seen.Add(value), $"{value} came twice.");
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Small_permutations_are_all_equally_likely(int n)
    {
        // 24,000 epochs; chi-square against the bound that chance passes once in 10⁶ (5, 23, 119 and 719 degrees of freedom).
        const int Epochs = 24_000;
        var counts = new Dictionary<string, int>();
        for (var epoch = 0u; epoch < Epochs; epoch++)
        {
            var key = string.Join(',', Values(n, epoch));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var orders = n switch { 3 => 6, 4 => 24, 5 => 120, _ => 720 };
        var bound = n switch { 3 => 35.9, 4 => 73.9, 5 => 209.3, _ => 913.0 };
        Assert.Equal(orders, counts.Count);
        var expected = Epochs / (double)orders;
        Assert.True(counts.Values.Sum(count => Math.Pow(count - expected, 2) / expected) < bound);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(25)]
    [InlineData(49)]
    public void Even_and_odd_orders_are_equally_frequent(int n)
    {
        // 2,000 epochs: 1,000 ± 22 expected, five deviations allowed.
        var odd = Enumerable.Range(0, 2000).Count(epoch => IsOdd(Values(n, (uint)epoch)));
        Assert.InRange(odd, 888, 1112);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1797)]
    public void Each_position_takes_each_part_of_the_range_equally_often(int n)
    {
        // 16 parts of the range over 4,000 epochs, for the first, a middle and the last position, and for the step between
        // neighbours: chi-square with 15 degrees of freedom, passed by chance once in 10⁶.
        const int Epochs = 4_000;
        var counts = new int[4, 16];
        for (var epoch = 0u; epoch < Epochs; epoch++)
        {
            var permutation = new Permutation(11, RandomPurpose.Permutation, epoch, n);
            var values = (first: permutation.At(0), second: permutation.At(1), middle: permutation.At(n / 2), last: permutation.At(n - 1));
            counts[0, values.first * 16 / n]++;
            counts[1, values.middle * 16 / n]++;
            counts[2, values.last * 16 / n]++;
            counts[3, (values.second - values.first - 1 + n) % n * 16 / n]++;
        }

        for (var row = 0; row < 4; row++)
        {
            var chiSquare = 0.0;
            for (var part = 0; part < 16; part++)
            {
                // n values, or n − 1 for the step, do not divide evenly: count how many fall in this part.
                var values = Enumerable.Range(0, row == 3 ? n - 1 : n).ToArray();
                var expected = Epochs * values.Count(v => v * 16 / n == part) / (double)values.Length;
                chiSquare += Math.Pow(counts[row, part] - expected, 2) / expected;
            }

            Assert.True(chiSquare < 56.5, $"Row {row}: chi-square {chiSquare:F1}.");
        }
    }

    [Fact]
    public void Seed_purpose_and_stream_each_give_another_order()
    {
        Permutation[] permutations =
        [
            new(1, RandomPurpose.Permutation, 0, 1000), new(2, RandomPurpose.Permutation, 0, 1000),
            new(1, RandomPurpose.Split, 0, 1000), new(1, RandomPurpose.Permutation, 1, 1000),
        ];
        for (var i = 0; i < permutations.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                // Two random orders agree at one position on average.
                var agree = Enumerable.Range(0, 1000).Count(index => permutations[i].At(index) == permutations[j].At(index));
                Assert.InRange(agree, 0, 9);
            }
        }
    }

    [Fact]
    public void The_order_is_that_of_an_independent_implementation()
    {
        // Made by a second implementation, in Python. Another result means that the arithmetic version must grow.
        var small = new Permutation(42, RandomPurpose.Permutation, 3, 10);
        Assert.Equal([2, 4, 0, 3, 1, 5, 7, 8, 6, 9], Enumerable.Range(0, 10).Select(small.At));
        var large = new Permutation(42, RandomPurpose.Permutation, 3, 60_000);
        Assert.Equal([17469, 17021, 39220, 39862, 25703, 49840, 16167, 8848], Enumerable.Range(0, 8).Select(large.At));
    }

    [Fact]
    public void A_position_outside_and_an_empty_permutation_are_refused()
    {
        var permutation = new Permutation(1, RandomPurpose.Permutation, 0, 5);
        Assert.Contains("0 to 4", Assert.Throws<ArgumentOutOfRangeException>(() => permutation.At(5)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => permutation.At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Permutation(1, RandomPurpose.Permutation, 0, 0));
    }

    private static bool IsOdd(int[] values)
    {
        var odd = false;
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = 0; j < i; j++)
                odd ^= values[j] > values[i];
        }

        return odd;
    }

    private static int[] Values(int n, uint stream)
    {
        var permutation = new Permutation(5, RandomPurpose.Permutation, stream, n);
        return [.. Enumerable.Range(0, n).Select(permutation.At)];
    }
}
