using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// Steps on the side, before a node says that it is prepared for an assignment with newcomers: others wait for what it does under that, and
/// the first steps of a process take twenty times as long as those that follow, while the code of every layer of it is compiled and its
/// memory taken. The others compute other numbers of rows from then on, for which some of the code may be new as well.
/// </summary>
/// <param name="assignment">Whose shards are computed.</param>
/// <param name="steps">How often.</param>
internal sealed class Rehearsal(Assignment assignment, int steps)
{
    public const int StepsOfNewcomer = 3;
    public const int StepsOfOthers = 1;
    private const int Ticks = 2;

    private int _left = steps;
    private int _ticks;
    private long _newest = -1;

    public Assignment Assignment => assignment;

    public bool IsOver => _left == 0;

    /// <summary>
    /// A version is here, whole. So the step from the one that was here before it is over, and what is pushed for it changes nothing any
    /// more, but is compared with what was: that is the one to rehearse.
    /// </summary>
    /// <returns>That step; null where this is the first version, or none that is new.</returns>
    public long? StepBefore(long version)
    {
        if (version <= _newest)
            return null;
        var before = _newest;
        _newest = version;
        return before < 0 ? null : before;
    }

    public void Done() => _left--;

    /// <summary>Once a tick: where no steps are made, perhaps because this node is waited for, it goes without.</summary>
    public bool IsOverdue() => ++_ticks >= Ticks;
}
