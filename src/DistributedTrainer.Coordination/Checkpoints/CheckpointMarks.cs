namespace DistributedTrainer.Coordination;

/// <summary>
/// The leading server's choice of checkpoints by the clock. A clock only ever chooses a version that no server has reached, or one at which
/// all servers stand still: the mark travels on the leading range's frames from then on, so that all ranges write the same version.
/// </summary>
/// <param name="every">The job's interval.</param>
/// <param name="begin">When this leading server began.</param>
public sealed class CheckpointMarks(CheckpointInterval every, TimeSpan begin)
{
    /// <summary>From the mark to its version: a stamp reaches every server well within this.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(200);

    /// <summary>Of two checkpoints that nobody asked for by number: epochs may last milliseconds.</summary>
    public static readonly TimeSpan LeastBetween = TimeSpan.FromSeconds(1);

    /// <summary>Writing may take at most this part of the time.</summary>
    private const int MostShare = 20;

    private const int FewestStepsAhead = 2;

    private TimeSpan _last = begin;
    private TimeSpan _between = LeastBetween;
    private long _mark;
    private long _before = -1;
    private TimeSpan _beforeAt;
    private TimeSpan _step;

    /// <summary>What goes on the frames of a version.</summary>
    /// <param name="version">The version about to be published.</param>
    /// <param name="isHeld">All servers wait at it: an epoch or the run ends there.</param>
    /// <param name="isFinal">No step follows it in this run.</param>
    /// <returns>The version to write; 0 for none.</returns>
    public long At(long version, bool isHeld, bool isFinal, TimeSpan now)
    {
        Observe(version, now);
        if (every.Unit == CheckpointUnit.Never)
            return 0;
        if (_mark >= version && !isFinal)
            return _mark;
        if (isFinal || (isHeld && now - _last >= _between))
            _mark = version;
        else if (!isHeld && every.Unit == CheckpointUnit.Time && now - _last >= (every.Time > _between ? every.Time : _between))
            _mark = version + StepsAhead();
        else
            return 0;
        return _mark;
    }

    /// <summary>A version has been captured, chosen by clock or number.</summary>
    public void Begun(TimeSpan now) => _last = now;

    /// <summary>Writing a version took this long on this node.</summary>
    public void Took(TimeSpan duration) => _between = duration * MostShare > LeastBetween ? duration * MostShare : LeastBetween;

    private void Observe(long version, TimeSpan now)
    {
        if (version == _before + 1)
            _step = now - _beforeAt;
        (_before, _beforeAt) = (version, now);
    }

    private long StepsAhead() => _step <= TimeSpan.Zero ? FewestStepsAhead : Math.Max(FewestStepsAhead, (long)Math.Ceiling(Ahead / _step));
}
