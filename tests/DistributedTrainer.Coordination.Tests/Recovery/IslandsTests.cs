namespace DistributedTrainer.Coordination.Tests;

public class IslandsTests
{
    [Theory]
    [InlineData(1, true, 2, false, true)] // the first seed began anew, the others live
    [InlineData(2, false, 1, true, false)] // the same, seen from the others
    [InlineData(1, true, 1, false, true)] // two seeds
    [InlineData(1, false, 1, true, false)]
    [InlineData(2, true, 1, false, false)] // a lone node that another had given up
    [InlineData(0, false, 1, true, true)] // workers whose only coordinator was lost, and is back
    [InlineData(1, true, 0, false, false)]
    [InlineData(0, false, 0, false, false)]
    public void The_smaller_side_yields(int ours, bool haveFirst, int theirs, bool theyHaveFirst, bool yields) =>
        Assert.Equal(yields, Islands.Decide(new Side(ours, haveFirst), new Side(theirs, theyHaveFirst)).Yield);

    [Fact]
    public void Never_both_sides_yield_and_one_does_where_one_has_the_first_seed()
    {
        for (var a = 0; a < 5; a++)
        {
            for (var b = 0; b < 5; b++)
            {
                var (one, other) = (new Side(a, true), new Side(b, false));
                Assert.NotEqual(Islands.Decide(one, other).Yield, Islands.Decide(other, one).Yield);
            }
        }
    }
}
