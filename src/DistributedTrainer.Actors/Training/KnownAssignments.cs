using System.Collections;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors;

/// <summary>
/// The assignment in force and those that may come into force, by number: two or three. A list, because a dictionary of numbers is code that
/// every new process has to compile, at the moment when others wait for it to follow an assignment.
/// </summary>
internal sealed class KnownAssignments : IEnumerable<Assignment>
{
    private readonly List<Assignment> _all = [];

    public Assignment? Find(int number) => _all.Find(assignment => assignment.Number == number);

    /// <returns>False where its number is known.</returns>
    public bool TryAdd(Assignment assignment)
    {
        if (Find(assignment.Number) is not null)
            return false;
        var later = _all.FindIndex(other => other.Number > assignment.Number);
        _all.Insert(later < 0 ? _all.Count : later, assignment);
        return true;
    }

    /// <summary>Those before a number cannot come into force any more.</summary>
    public void ForgetBefore(int number) => _all.RemoveAll(assignment => assignment.Number < number);

    public IEnumerator<Assignment> GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
