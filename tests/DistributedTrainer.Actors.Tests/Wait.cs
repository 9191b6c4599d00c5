using System.Diagnostics;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Waits for what has no event of its own; every wait has a bound and says what it waited for.</summary>
internal static class Wait
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    public static Task Until(Func<bool> condition, string what) => Until(() => Task.FromResult(condition()), what);

    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition();)
        {
            if (Stopwatch.GetElapsedTime(started) > Bound)
                Assert.Fail($"Waited {Bound.TotalSeconds:0} s for {what}.");
            await Task.Delay(Poll);
        }
    }
}
