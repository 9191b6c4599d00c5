namespace DistributedTrainer.Coordination;

/// <summary>
/// Whether a node deserves its full share of shards. One that stays slow gets fewer; one that has kept up for a while gets them back,
/// and has to keep up for longer after each relapse, so that shards do not move to and fro.
/// </summary>
public sealed class SpeedWatch
{
    /// <summary>Slow for so long is no accident.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(2);

    /// <summary>In time for so long is recovered, at the first time.</summary>
    public static readonly TimeSpan RecoveredAfter = TimeSpan.FromSeconds(5);

    private const int Step = 4;
    private static readonly TimeSpan LongestProbation = TimeSpan.FromMinutes(5);

    private TimeSpan? _since;
    private TimeSpan _probation = RecoveredAfter;
    private bool _wasSlow;

    /// <summary>Of <see cref="PlannedNode.FullWeight"/>.</summary>
    public int Weight { get; private set; } = PlannedNode.FullWeight;

    public void Observe(bool isSlow, TimeSpan now)
    {
        if (isSlow != _wasSlow || _since is null)
            (_wasSlow, _since) = (isSlow, now);
        var lasted = now - _since.Value;
        if (isSlow && Weight > 1 && lasted >= SlowAfter)
        {
            (Weight, _since) = (Weight / Step, now);
        }
        else if (!isSlow && Weight < PlannedNode.FullWeight && lasted >= _probation)
        {
            (Weight, _since) = (Weight * Step, now);
            if (Weight == PlannedNode.FullWeight && _probation < LongestProbation)
                _probation *= 2;
        }
    }
}
