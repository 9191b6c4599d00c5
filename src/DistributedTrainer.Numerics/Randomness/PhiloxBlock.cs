namespace DistributedTrainer.Numerics;

/// <summary>Four words of 32 bits: a counter of Philox 4×32, or the random bits made from it.</summary>
public readonly record struct PhiloxBlock(uint Word0, uint Word1, uint Word2, uint Word3)
{
    internal const uint Multiplier0 = 0xd251_1f53;
    internal const uint Multiplier1 = 0xcd9e_8d57;
    internal const uint KeyStep0 = 0x9e37_79b9;
    internal const uint KeyStep1 = 0xbb67_ae85;
    internal const int Rounds = 10;

    /// <summary>Philox 4×32-10 of a counter under a key, one block at a time: the definition that the vector form must equal.</summary>
    public static PhiloxBlock Encrypt(uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * counter0;
            var product1 = (ulong)Multiplier1 * counter2;
            counter0 = (uint)(product1 >> 32) ^ counter1 ^ key0;
            counter1 = (uint)product1;
            counter2 = (uint)(product0 >> 32) ^ counter3 ^ key1;
            counter3 = (uint)product0;
            key0 = unchecked(key0 + KeyStep0);
            key1 = unchecked(key1 + KeyStep1);
        }

        return new(counter0, counter1, counter2, counter3);
    }
}
