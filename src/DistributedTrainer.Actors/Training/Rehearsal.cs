using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// A newcomer's steps on the side, before it says that it is prepared: others wait for what it does under an assignment, and the first steps
/// of a process take twenty times as long as those that follow, while the code of every layer of it is compiled and its memory taken.
/// </summary>
/// <param name="assignment">Whose shards it computes.</param>
internal sealed class Rehearsal(Assignment assignment)
{
    private const int Steps = 3;
    private const int Ticks = 2;

    private int _left = Steps;
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
