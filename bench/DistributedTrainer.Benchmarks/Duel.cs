using System.Diagnostics;

namespace DistributedTrainer.Benchmarks;

/// <summary>
/// Times two sides in many short turns, one after the other, so that whatever else the machine does meets both alike.
/// </summary>
public static class Duel
{
    /// <summary>
    /// Median seconds of one call of each side, and the median over pairs of neighbouring turns of theirs ÷ ours, which a
    /// clock that rises or a neighbour who comes half-way moves less than the quotient of the medians.
    /// </summary>
    /// <param name="ours">One call.</param>
    /// <param name="theirs">One call of the other side; null leaves it out, and its numbers are NaN.</param>
    /// <param name="seconds">Time for both sides together.</param>
    /// <param name="turns">Turns of each side.</param>
    public static (double Ours, double Theirs, double Ratio) Fight(Action ours, Action? theirs, double seconds, int turns)
    {
        var turnSeconds = seconds / turns / (theirs is null ? 1 : 2);
        var ourCalls = CallsWithin(turnSeconds, ours);
        var theirCalls = theirs is null ? 0 : CallsWithin(turnSeconds, theirs);
        var ourTimes = new double[turns];
        var theirTimes = new double[turns];
        for (var turn = 0; turn < turns; turn++)
        {
            ourTimes[turn] = Time(ours, ourCalls);
            theirTimes[turn] = theirs is null ? double.NaN : Time(theirs, theirCalls);
        }

        var ratios = ourTimes.Zip(theirTimes, (ourTime, theirTime) => theirTime / ourTime).ToArray();
        return (Median(ourTimes), Median(theirTimes), Median(ratios));
    }

    private static int CallsWithin(double seconds, Action call)
    {
        // The first call compiles and touches memory, the second is typical.
        Time(call, 1);
        return Math.Max(1, (int)(seconds / Math.Max(1e-7, Time(call, 2))));
    }

    private static double Time(Action call, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            call();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
