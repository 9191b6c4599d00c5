namespace DistributedTrainer.Numerics;

/// <summary>Copies the part of a tile that lies inside C, between C and a tile beside it.</summary>
internal static unsafe class TileCopy
{
    /// <summary>Both sides (rows, columns), with their own floats between rows.</summary>
    public static void Run(int rows, int columns, float* source, int sourceStride, float* target, int targetStride)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                target[column] = source[column];
            source += sourceStride;
            target += targetStride;
        }
    }
}
