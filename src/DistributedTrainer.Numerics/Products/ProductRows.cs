namespace DistributedTrainer.Numerics;

/// <summary>
/// What is done to rows of A just before a product reads them, and to rows of C once they are complete: some rows at a time, while they are
/// in the caches. Every row comes once, in ascending order. Both get the first row's number and how many rows there are.
/// </summary>
public sealed class ProductRows
{
    /// <summary>A's rows that are read next.</summary>
    public Action<int, int>? Before { get; init; }

    /// <summary>C's rows that are complete; their rows of A are not read again.</summary>
    public Action<int, int>? After { get; init; }
}
