namespace DistributedTrainer.Coordination.Tests;

/// <summary>Who is lost where links fail; those that simulated stories have shown to be judged wrongly.</summary>
public class AccusationsTests
{
    private static readonly Accusation[] OneLink = [new("n0", "n3")];
    private static readonly Accusation[] BothEnds = [new("n0", "n3"), new("n3", "n0")];

    [Fact]
    public void A_node_that_only_one_other_misses_has_a_say()
    {
        Assert.True(Accusations.MayChange(OneLink, "n2", _ => false, _ => false, (_, _) => false));
        Assert.False(Accusations.MayChange(OneLink, "n2", _ => true, _ => false, (_, _) => false));
        Assert.False(Accusations.MayChange([.. OneLink, new("n1", "n3")], "n2", _ => false, _ => false, (_, _) => false));
    }

    [Fact]
    public void A_coordinators_node_that_misses_everybody_may_be_the_one_that_slept()
    {
        Accusation[] all = [new("n1", "n0"), new("n1", "n2")];
        Assert.True(Accusations.MayChange(all, "n1", _ => false, _ => false, (_, _) => false));
        Assert.Equal(["n1"], Accusations.Guilty([.. all, new("n0", "n1"), new("n2", "n1")], "n1"));
        Assert.False(Accusations.MayChange([all[0]], "n1", _ => false, _ => false, (_, _) => false)); // of two nodes the other one is gone
        Assert.True(Accusations.MayChange([all[0]], "n1", _ => false, node => node == "n0", (_, _) => false)); // but what it has is nowhere else
    }

    [Fact]
    public void One_that_a_third_node_still_reaches_may_have_lost_the_coordinators_node_only()
    {
        Assert.True(Accusations.MayChange(OneLink, "n0", _ => false, _ => false, (_, _) => true));
        Assert.False(Accusations.MayChange([.. OneLink, new("n1", "n3")], "n0", _ => false, _ => false, (_, _) => true));
    }

    [Fact]
    public void Of_two_that_miss_each_other_the_one_goes_that_has_nothing_of_its_own()
    {
        Assert.Equal(["n0"], Accusations.Guilty(BothEnds, "n2", node => node == "n3"));
        Assert.Equal(["n3"], Accusations.Guilty(BothEnds, "n2", node => node == "n0"));
        Assert.Equal(["n0"], Accusations.Guilty(OneLink, "n2", node => node == "n3"));
        Assert.Equal(["n3"], Accusations.Guilty(OneLink, "n2"));
    }

    [Fact]
    public void The_coordinators_node_goes_too_where_the_other_one_is_needed()
    {
        Assert.Equal(["n0"], Accusations.Guilty(BothEnds, "n0", node => node == "n3"));
        Assert.Equal(["n3"], Accusations.Guilty(BothEnds, "n0"));
        Assert.Equal(["n3"], Accusations.Guilty(BothEnds, "n0", _ => true));
    }

    [Fact]
    public void A_node_may_say_that_it_cannot_go_along() => Assert.Equal(["n0"], Accusations.Guilty([new("n0", "n0")], "n2"));
}
