namespace DistributedTrainer.Coordination.Tests;

/// <summary>Whose word counts, who takes over, when a primary may go on, which side of a partition does.</summary>
public class AuthorityTests
{
    [Fact]
    public void Coordinators_count_before_assignments_and_those_before_takeovers()
    {
        long[] ascending = [Authority.Of(1, 1), Authority.TakenOver(Authority.Of(1, 1)), Authority.Of(1, 1, 2), Authority.Of(1, 2), Authority.Of(2, 1), Authority.Of(2, 900)];
        Assert.Equal(ascending.Order(), ascending);
        Assert.Equal(7, Authority.Assignment(Authority.Of(3, 7, 5)));
    }

    [Fact]
    public void The_higher_authority_is_listened_to()
    {
        var servers = new RangeServers(2);
        servers.Follow(new Assignment(1, 1, ["a"], ["a", "b"]));
        Assert.True(servers.TakeOver(1, "a", Authority.Of(1, 1, 1), version: 7, newest: 8));
        Assert.False(servers.TakeOver(1, "c", Authority.Of(1, 1, 1), version: 7, newest: 8));
        Assert.Equal(["a", "a"], servers.Owners);
        servers.Follow(new Assignment(1, 1, ["a"], ["a", "b"]));
        Assert.Equal(["a", "a"], servers.Owners);
        servers.Follow(new Assignment(1, 2, ["a"], ["a", "c"]));
        Assert.Equal(["a", "c"], servers.Owners);
    }

    /// <summary>Cut off from b, a took it for dead and its range over; now a is gone, and b is not.</summary>
    [Fact]
    public void When_a_usurper_is_gone_the_primary_is_listened_to_again()
    {
        var assignment = new Assignment(1, 1, ["a"], ["a", "b", "b"]);
        var servers = new RangeServers(3);
        servers.Follow(assignment);
        servers.TakeOver(1, "a", Authority.Of(1, 1, 1), version: 7, newest: 7);
        Assert.Empty(servers.FallBack(assignment, new HashSet<string> { "a", "b" }, new HashSet<int>()));
        Assert.Empty(servers.FallBack(assignment, new HashSet<string> { "a" }, new HashSet<int> { 1 })); // this node was its primary
        Assert.Equal([(1, 7L)], servers.FallBack(assignment, new HashSet<string> { "a" }, new HashSet<int>()));
        Assert.Equal(["a", "b", "b"], servers.Owners);
        Assert.False(servers.TakeOver(1, "a", Authority.Of(1, 1, 1), version: 7, newest: 7));
        Assert.Empty(servers.FallBack(assignment, new HashSet<string> { "a" }, new HashSet<int>()));
    }

    [Fact]
    public void Who_slept_while_others_went_on_is_not_listened_to()
    {
        var servers = new RangeServers(1);
        servers.Follow(new Assignment(1, 1, ["a"], ["a"]));
        Assert.False(servers.TakeOver(0, "b", Authority.Of(1, 1, 1), version: 6, newest: 8));
        Assert.Equal(["a"], servers.Owners);
    }

    [Fact]
    public void A_backup_takes_over_what_is_gone_if_it_has_the_state()
    {
        var assignment = new Assignment(1, 1, ["a"], ["a", "b", "a"]) { Backups = ["c", "c", "b"] };
        var servers = new RangeServers(3);
        var givers = new Dictionary<int, string>();
        servers.Follow(assignment);
        Assert.Equal([0], Takeover.Ranges(assignment, servers, givers, new HashSet<string> { "a" }, "c", _ => true));
        Assert.Empty(Takeover.Ranges(assignment, servers, givers, new HashSet<string> { "a" }, "c", _ => false));
        Assert.Equal([2], Takeover.Ranges(assignment, servers, givers, new HashSet<string> { "a" }, "b", _ => true));
        servers.TakeOver(0, "c", Authority.Of(1, 1, 1), 5, 5);
        Assert.Empty(Takeover.Ranges(assignment, servers, givers, new HashSet<string> { "a" }, "c", range => range == 0));
    }

    [Fact]
    public void A_range_whose_giver_dies_before_it_has_sent_the_state_is_taken_over_from_the_backup_that_its_next_primary_keeps()
    {
        var assignment = new Assignment(1, 2, ["b"], ["b"]) { Backups = ["c"] };
        var servers = new RangeServers(1);
        servers.Follow(assignment);
        var givers = new Dictionary<int, string> { [0] = "a" };
        var gone = new HashSet<string> { "a" };
        Assert.Equal([0], Takeover.Ranges(assignment, servers, givers, gone, "b", _ => true));
        Assert.Empty(Takeover.Ranges(assignment, servers, givers, gone, "b", _ => false));
        Assert.Empty(Takeover.Ranges(assignment, servers, givers, new HashSet<string>(), "b", _ => true));
        Assert.Empty(Takeover.Ranges(assignment, servers, new Dictionary<int, string>(), gone, "b", _ => true)); // it has come
    }

    [Fact]
    public void A_primary_waits_for_its_backup_one_version_behind()
    {
        var replication = new Replication("b", 1, 0, counts: true);
        Assert.True(replication.MayLeave(0));
        replication.Made(1, 11);
        Assert.False(replication.MayLeave(1));
        Assert.True(replication.Acknowledge(1, 1, 11, 1));
        Assert.True(replication.MayLeave(1));
    }

    [Fact]
    public void A_new_backup_is_waited_for_from_its_first_word_on_and_counts_once_it_has_caught_up()
    {
        var replication = new Replication("b", 3, 10, counts: false);
        Assert.True(replication.MayLeave(14));
        Assert.False(replication.Counts);
        Assert.True(replication.Acknowledge(3, 10, 0, 14));
        Assert.False(replication.Counts);
        Assert.False(replication.MayLeave(14));
        Assert.True(replication.Acknowledge(3, 14, 0, 14));
        Assert.True(replication.Counts);
        Assert.True(replication.MayLeave(14));
    }

    [Fact]
    public void Other_parameters_are_noticed_and_words_of_an_earlier_backup_are_not_taken()
    {
        var replication = new Replication("b", 3, 10, counts: true);
        replication.Made(11, 77);
        Assert.True(replication.Acknowledge(2, 11, 78, 11));
        Assert.False(replication.MayLeave(11));
        Assert.False(replication.Acknowledge(3, 11, 78, 11));
    }

    [Theory]
    [InlineData("auto", "a+ b-", "GoOn")]
    [InlineData("auto", "a- b+", "GoOn")] // either node of two
    [InlineData("auto", "a- b+ c+", "GoOn")]
    [InlineData("auto", "a- b- c+", "Yield")]
    [InlineData("auto", "a- b+ w+ w+", "GoOn")] // two voters beside workers
    [InlineData("auto", "a+ w- w-", "GoOn")]
    [InlineData("auto", "w+ w+ a-", "GoOn")] // one coordinator, killed: the others are not ended with it
    [InlineData("majority", "a+ b-", "GoOn")]
    [InlineData("majority", "a- b+", "Yield")]
    [InlineData("majority", "a+ b+ c- d-", "GoOn")]
    [InlineData("majority", "a- b- c+ d+", "Yield")]
    [InlineData("any", "a- b- c+", "GoOn")]
    [InlineData("any", "a+ b+ c+", "AllThere")]
    public void A_side_of_a_partition_goes_on_or_yields(string policy, string members, string verdict)
    {
        var seen = members.Split(' ').Select((text, index) => new Voter($"{text[0]}{(text[0] == 'w' ? index : "")}", text[0] != 'w', text[1] == '+')).ToList();
        Assert.Equal(verdict, Survival.Decide(Enum.Parse<SurvivePolicy>(policy, ignoreCase: true), seen).Verdict.ToString());
    }

    [Fact]
    public void Exactly_one_side_of_a_majority_goes_on()
    {
        for (var nodes = 2; nodes <= 6; nodes++)
        {
            for (var side = 1; side < (1 << nodes) - 1; side++)
            {
                var (here, there) = (Side(side), Side(~side));
                Assert.Equal(1, (GoesOn(here) ? 1 : 0) + (GoesOn(there) ? 1 : 0));
            }

            List<Voter> Side(int mask) => [.. Enumerable.Range(0, nodes).Select(node => new Voter($"n{node}", true, (mask >> node & 1) != 0))];
        }

        static bool GoesOn(List<Voter> members) => Survival.Decide(SurvivePolicy.Majority, members).Verdict == SurvivalVerdict.GoOn;
    }
}
