using DistributedTrainer.Numerics;

namespace DistributedTrainer.Data;

/// <summary>The random numbers of one change of one image: stream = the change's place in its list, row, step = the epoch.</summary>
internal readonly unsafe struct ImageDraw(Philox random, uint place, uint row, uint epoch)
{
    /// <summary>Elements this far apart are the words of one block.</summary>
    private const int WordStride = 16;

    /// <summary>The number <paramref name="index"/>, uniform in [0, 1).</summary>
    public float Uniform(int index) => (Word(index) >> 8) * (1f / (1 << 24));

    /// <summary>The number <paramref name="index"/> as a whole one from 0 to <paramref name="count"/> − 1.</summary>
    public int Whole(int index, int count) => (int)((ulong)Word(index) * (uint)count >> 32);

    /// <summary>Normal numbers, mean 0 and deviation 1. A change that calls this draws nothing else.</summary>
    public void FillNormal(float* values, int n) => random.FillNormal(values, n, place, row, epoch);

    private uint Word(int index) => random.Word(index * WordStride, place, row, epoch);
}
