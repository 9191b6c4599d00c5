using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>The fixed positions of the first Transformer (Vaswani et al. 2017).</summary>
internal static class SinusoidalPositions
{
    private const double LongestWave = 10_000;

    /// <summary>(time, width): sin(p / 10000^(2i/width)) at float 2i, cos at 2i + 1; each rounded once from double.</summary>
    public static float[] Table(int time, int width)
    {
        var table = new float[time * width];
        for (var position = 0; position < time; position++)
        {
            for (var i = 0; i < width; i++)
            {
                var angle = position / DoubleMath.Pow(LongestWave, (double)(i - i % 2) / width);
                table[position * width + i] = (float)(i % 2 == 0 ? DoubleMath.Sin(angle) : DoubleMath.Cos(angle));
            }
        }

        return table;
    }
}
