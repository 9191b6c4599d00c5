namespace DistributedTrainer.Learning.Tests;

/// <summary>The golden files' measure: the largest difference as a share of the expected array's largest magnitude.</summary>
internal static class Close
{
    public static void To(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = 0.0;
        foreach (var value in expected)
            largest = Math.Max(largest, Math.Abs(value));
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(
                difference <= tolerance * largest,
                $"{what}[{i}] is {actual[i]:G9}, expected {expected[i]:G9}: off by {difference / largest:G3} of the largest magnitude.");
        }
    }
}
