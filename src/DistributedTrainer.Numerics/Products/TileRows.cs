namespace DistributedTrainer.Numerics;

/// <summary>Rows of a register tile as a type, so that the compiler sees a constant and drops the rows that a tile lacks.</summary>
internal interface ITileRows
{
    static abstract int Count { get; }
}

internal readonly struct Rows4 : ITileRows
{
    public static int Count => 4;
}

internal readonly struct Rows6 : ITileRows
{
    public static int Count => 6;
}
