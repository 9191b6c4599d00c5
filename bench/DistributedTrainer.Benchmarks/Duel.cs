using System.Diagnostics;

namespace DistributedTrainer.Benchmarks;

/// <summary>
/// Times two sides in many short turns, one after the other, so that whatever else the machine does meets both alike.
/// </summary>
public static class Duel
{
    private const int FewestTurns = 5;

    /// <summary>
    /// Median seconds of one call of each side, and the median over pairs of neighbouring turns of theirs ÷ ours, which a
    /// clock that rises or a neighbour who comes half-way moves less than the quotient of the medians.
    /// </summary>
    /// <param name="ours">One call.</param>
    /// <param name="theirs">One call of the other side; null leaves it out, and its numbers are NaN.</param>
    /// <param name="seconds">Time for both sides together; at least five turns are made.</param>
    /// <param name="turnSeconds">Length of a turn; at least one call is made.</param>
    public static (double Ours, double Theirs, double Ratio) Fight(Action ours, Action? theirs, double seconds, double turnSeconds)
    {
        var ourCalls = CallsWithin(turnSeconds, ours);
        var theirCalls = theirs is null ? 0 : CallsWithin(turnSeconds, theirs);
        var ourTimes = new List<double>();
        var theirTimes = new List<double>();
        var start = Stopwatch.GetTimestamp();
        while (ourTimes.Count < FewestTurns || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            ourTimes.Add(Time(ours, ourCalls));
            theirTimes.Add(theirs is null ? double.NaN : Time(theirs, theirCalls));
        }

        var ratios = ourTimes.Zip(theirTimes, (ourTime, theirTime) => theirTime / ourTime);
        return (Median(ourTimes), Median(theirTimes), Median(ratios));
    }

    private static int CallsWithin(double seconds, Action call)
    {
        // The first call compiles and touches memory. Of the next, the fastest is the one that nothing interrupted.
        Time(call, 1);
        var fastest = Enumerable.Range(0, FewestTurns).Min(_ => Time(call, 1));
        return Math.Max(1, (int)(seconds / Math.Max(1e-7, fastest)));
    }

    private static double Time(Action call, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            call();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
