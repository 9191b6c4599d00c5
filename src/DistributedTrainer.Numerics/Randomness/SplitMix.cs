namespace DistributedTrainer.Numerics;

/// <summary>
/// A bijection of 64 bits in which every bit of the input moves every bit of the output.
/// G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (constants of Stafford's variant 13).
/// </summary>
internal static class SplitMix
{
    /// <summary>2⁶⁴ divided by the golden ratio, odd.</summary>
    public const ulong GoldenGamma = 0x9e37_79b9_7f4a_7c15;

    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
            value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
            return value ^ (value >> 31);
        }
    }
}
