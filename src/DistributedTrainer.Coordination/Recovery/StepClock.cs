namespace DistributedTrainer.Coordination;

/// <summary>How long the last steps took: what lateness is measured by.</summary>
public sealed class StepClock
{
    private const int Kept = 31;
    private const int Fewest = 5;

    private readonly TimeSpan[] _times = new TimeSpan[Kept];
    private readonly TimeSpan[] _sorted = new TimeSpan[Kept];
    private int _count;

    /// <summary>Null until a few steps have been measured.</summary>
    public TimeSpan? Median
    {
        get
        {
            var known = Math.Min(_count, Kept);
            if (known < Fewest)
                return null;
            _times.AsSpan(0, known).CopyTo(_sorted);
            _sorted.AsSpan(0, known).Sort();
            return _sorted[known / 2];
        }
    }

    /// <param name="time">From a step's beginning to its end.</param>
    /// <param name="wasHelped">
    /// It took so long because somebody was late. It counts as twice the median at most, so that one slow node does not teach everybody
    /// patience with it, and a machine that has become slower as a whole is believed in the end.
    /// </param>
    public void Record(TimeSpan time, bool wasHelped)
    {
        if (wasHelped && Median is { } median && time > 2 * median)
            time = 2 * median;
        _times[_count++ % Kept] = time;
    }
}
