using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>What four queries see of one block of keys. Blocks are whole fours, so a block's border never runs through a four.</summary>
internal readonly struct AttentionReach
{
    public AttentionReach(AttentionShape shape, int firstQuery, int firstKey)
    {
        Keys = shape.VisibleKeys(firstQuery, firstKey);
        Further = shape.Causal && firstQuery >= firstKey && firstQuery < firstKey + AttentionShape.KeyBlock ? 1 : 0;
    }

    /// <summary>Keys that the first query sees.</summary>
    public int Keys { get; }

    /// <summary>1 where each query sees one key more than the query before it, else 0.</summary>
    public int Further { get; }

    /// <summary>Columns of whole tiles that hold what the last query sees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Columns<TVector>()
        where TVector : struct, IVector<TVector>
    {
        var tile = 2 * TVector.Count;
        return (Keys + 3 * Further + tile - 1) / tile * tile;
    }
}
