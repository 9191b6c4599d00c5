using System.Diagnostics;

namespace DistributedTrainer.Actors;

/// <summary>A clock that only goes forward, for intervals on one node.</summary>
internal static class TrainingClock
{
    private static readonly long Begin = Stopwatch.GetTimestamp();

    public static TimeSpan Now => Stopwatch.GetElapsedTime(Begin);
}
