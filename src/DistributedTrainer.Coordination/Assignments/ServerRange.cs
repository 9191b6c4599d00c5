using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>A contiguous part of the parameter vector that one server owns. It begins on a block border.</summary>
public readonly record struct ServerRange(int Index, int Begin, int Length)
{
    /// <summary>Cuts the vector into at most <paramref name="servers"/> ranges of whole blocks, as even as blocks allow.</summary>
    /// <param name="parameters">Trained parameters.</param>
    /// <param name="servers">At least 1.</param>
    /// <param name="statistics">Running statistics behind them, which the last range has too: they are never cut.</param>
    /// <returns>At least one range; fewer than asked where the vector has fewer blocks.</returns>
    public static IReadOnlyList<ServerRange> Split(int parameters, int servers, int statistics = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(servers, 1);
        var blocks = Math.Max(1, (int)(((long)parameters + ParameterLayout.BlockLength - 1) / ParameterLayout.BlockLength));
        var count = Math.Min(servers, blocks);
        var ranges = new ServerRange[count];
        for (var index = 0; index < count; index++)
        {
            var begin = Border(index);
            ranges[index] = new ServerRange(index, begin, Border(index + 1) - begin + (index == count - 1 ? statistics : 0));
        }

        return ranges;

        int Border(int index) => (int)Math.Min(parameters, (long)index * blocks / count * ParameterLayout.BlockLength);
    }
}
