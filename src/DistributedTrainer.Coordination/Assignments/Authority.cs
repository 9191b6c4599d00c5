namespace DistributedTrainer.Coordination;

/// <summary>
/// Whose word counts for a range, as one number that grows: the coordinator's term, then the assignment's number, then how often a
/// backup has taken the range over under that assignment. The higher one is listened to; no vote is needed, because two who both believe
/// to be in charge compute the same bits.
/// </summary>
public static class Authority
{
    private const int TakeoverBits = 8;
    private const int NumberBits = 24;

    /// <exception cref="ArgumentOutOfRangeException">More assignments or takeovers than the number has room for.</exception>
    public static long Of(long term, int number, int takeovers = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, 1 << NumberBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(takeovers, 1 << TakeoverBits);
        return (term << (NumberBits + TakeoverBits)) | ((long)number << TakeoverBits) | (uint)takeovers;
    }

    /// <summary>Of a backup that takes over from the holder of this one.</summary>
    public static long TakenOver(long authority) => authority + 1;

    /// <summary>The number of the assignment that it rests on.</summary>
    public static int Assignment(long authority) => (int)(authority >> TakeoverBits) & ((1 << NumberBits) - 1);

    public static string Describe(long authority) =>
        $"term {authority >> (NumberBits + TakeoverBits)}, assignment {Assignment(authority)}, takeover {authority & ((1 << TakeoverBits) - 1)}";
}
