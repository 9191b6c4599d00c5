namespace DistributedTrainer.Actors.Tests;

public class ArrivedVersionsTests
{
    /// <summary>Found by a simulated story: a node that took a range over did not compute its own gradients while other ranges were a version ahead.</summary>
    [Fact]
    public void A_version_is_whole_though_some_ranges_have_gone_on()
    {
        var arrivals = new ArrivedVersions(2);
        arrivals.Add(0, 15);
        arrivals.Add(1, 15);
        arrivals.Add(1, 16);
        Assert.True(arrivals.HaveAll(15));
        Assert.False(arrivals.HaveAll(16));
        Assert.False(arrivals.HaveAll(14));
    }

    [Fact]
    public void A_version_is_forgotten_once_one_takes_its_place()
    {
        var arrivals = new ArrivedVersions(2);
        arrivals.Add(0, 1);
        arrivals.Add(1, 1);
        arrivals.Add(1, 4);
        Assert.False(arrivals.HaveAll(1));
        Assert.Equal([1, 4], new[] { arrivals.Newest(0), arrivals.Newest(1) });
    }
}
