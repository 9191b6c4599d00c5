namespace DistributedTrainer.Numerics;

/// <summary>Rows of a register tile as a type, so that the compiler sees a constant and drops the rows that a tile lacks.</summary>
internal interface ITileRows
{
    /// <summary>1 to 6.</summary>
    static abstract int Count { get; }
}

internal readonly struct Rows1 : ITileRows
{
    public static int Count => 1;
}

internal readonly struct Rows2 : ITileRows
{
    public static int Count => 2;
}

internal readonly struct Rows3 : ITileRows
{
    public static int Count => 3;
}

internal readonly struct Rows4 : ITileRows
{
    public static int Count => 4;
}

internal readonly struct Rows5 : ITileRows
{
    public static int Count => 5;
}

internal readonly struct Rows6 : ITileRows
{
    public static int Count => 6;
}
