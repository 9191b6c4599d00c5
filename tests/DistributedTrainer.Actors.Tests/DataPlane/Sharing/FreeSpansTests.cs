namespace DistributedTrainer.Actors.Tests;

public class FreeSpansTests
{
    [Fact]
    public void Parts_that_are_given_back_become_one_again()
    {
        var free = new FreeSpans(100, 900);
        var (first, second, third) = (free.Take(300), free.Take(300), free.Take(300));
        Assert.Equal([100, 400, 700], new[] { first!.Value, second!.Value, third!.Value });
        Assert.Null(free.Take(1));
        free.Return(first.Value, 300);
        free.Return(third.Value, 300);
        Assert.Null(free.Take(301));
        free.Return(second.Value, 300);
        Assert.Equal(100, free.Take(900));
    }

    [Fact]
    public void No_two_parts_overlap_whatever_the_order()
    {
        var random = new Random(1);
        const int size = 2000;
        var free = new FreeSpans(0, size);
        var owners = new int[size];
        var taken = new List<(int Owner, long Begin, int Length)>();
        for (var owner = 1; owner < 5000; owner++)
        {
            var length = random.Next(1, 200);
            if (free.Take(length) is { } begin)
            {
                Assert.All(owners[(int)begin..(int)(begin + length)], mark => Assert.Equal(0, mark));
                owners.AsSpan((int)begin, length).Fill(owner);
                taken.Add((owner, begin, length));
            }

            if (taken.Count > 0 && random.Next(2) == 0)
            {
                var index = random.Next(taken.Count);
                var (_, back, backLength) = taken[index];
                taken.RemoveAt(index);
                owners.AsSpan((int)back, backLength).Clear();
                free.Return(back, backLength);
            }
        }

        foreach (var (_, begin, length) in taken)
            free.Return(begin, length);
        Assert.Equal(0, free.Take(size));
    }
}
