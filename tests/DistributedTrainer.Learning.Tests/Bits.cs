using System.Runtime.InteropServices;

namespace DistributedTrainer.Learning.Tests;

/// <summary>Floats as their bits, so that −0 and +0 differ.</summary>
internal static class Bits
{
    public static int[] Of(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
