using System.Runtime.Intrinsics;

namespace DistributedTrainer.Numerics.Tests;

public sealed class EmulatedFusedMultiplyAddTests
{
    [Fact]
    public void Equals_the_hardware_on_all_triples_of_special_values()
    {
        var specials = Samples.Specials;
        foreach (var x in specials)
        {
            foreach (var y in specials)
            {
                foreach (var z in specials)
                    AssertEqual(x, y, z);
            }
        }
    }

    [Fact]
    public void Equals_the_hardware_on_random_bits()
    {
        var values = Samples.Bits(300_000, stream: 2);
        for (var i = 0; i < values.Length; i += 3)
            AssertEqual(values[i], values[i + 1], values[i + 2]);
    }

    [Fact]
    public void Equals_the_hardware_under_cancellation_and_at_halfway_cases()
    {
        var values = Samples.Between(0.5f, 2f, 200_000, stream: 3);
        for (var i = 0; i < values.Length; i += 2)
        {
            var (x, y) = (values[i], values[i + 1]);
            AssertEqual(x, y, -(x * y));
            AssertEqual(x, y, x * y * 1e-8f);

            // A sum that ends in exactly half a unit, and the same a hair off it.
            AssertEqual(x, 1f, x * 5.96046448e-8f);
            AssertEqual(x, 0.5f, 16_777_216f + (x * 4));

            // Results around and below the smallest normal number.
            AssertEqual(x * 1e-20f, y * 1e-20f, -(x * y) * 1e-38f);
        }
    }

    private static void AssertEqual(float x, float y, float z)
    {
        var emulated = EmulatedFusedMultiplyAdd.Compute(Vector128.Create(x), Vector128.Create(y), Vector128.Create(z)).ToScalar();
        var expected = MathF.FusedMultiplyAdd(x, y, z);
        if (!Samples.SameBits(expected, emulated))
            Assert.Fail($"fma({x:G9}, {y:G9}, {z:G9}): expected {expected:G9}, found {emulated:G9}.");
    }
}
