using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

public class KnownAssignmentsTests
{
    [Fact]
    public void They_stand_in_the_order_of_their_numbers_and_each_once()
    {
        var known = new KnownAssignments();
        Assert.All([3, 1, 2], number => Assert.True(known.TryAdd(Numbered(number))));
        Assert.False(known.TryAdd(Numbered(2)));
        Assert.Equal([1, 2, 3], known.Select(assignment => assignment.Number));
        known.ForgetBefore(2);
        Assert.Equal([2, 3], known.Select(assignment => assignment.Number));
        Assert.Null(known.Find(1));
        Assert.Equal(3, known.Find(3)!.Number);
    }

    private static Assignment Numbered(int number) => new(1, number, ["a"], ["a"]);
}
