namespace DistributedTrainer.Coordination.Tests;

/// <summary>Whom a node listens to, where two serve a range.</summary>
public class RangeServersTests
{
    private static readonly Assignment First = new(1, 1, ["n0", "n1"], ["n0"]) { Backups = ["n1"] };
    private static readonly long TakenOver = Authority.TakenOver(First.Authority);

    [Fact]
    public void What_the_replaced_server_makes_beyond_its_successor_is_not_taken()
    {
        // Found by simulated stories: a primary that had lost its backup only led third nodes to where that one, whom they listened to, could not follow.
        var servers = Servers();
        Assert.False(servers.IsReplaced(0, First.Authority, 9));
        Assert.True(servers.TakeOver(0, "n1", TakenOver, version: 5, newest: 6));
        Assert.False(servers.IsReplaced(0, First.Authority, 6)); // its successor is about to make it, too
        Assert.True(servers.IsReplaced(0, First.Authority, 7));
        Assert.False(servers.IsReplaced(0, TakenOver, 7));
    }

    [Fact]
    public void One_that_came_too_late_replaces_nobody()
    {
        var servers = Servers();
        Assert.False(servers.TakeOver(0, "n1", TakenOver, version: 5, newest: 7));
        Assert.False(servers.IsReplaced(0, First.Authority, 8));
    }

    [Fact]
    public void Once_the_successor_is_gone_the_primary_counts_again()
    {
        var servers = Servers();
        servers.TakeOver(0, "n1", TakenOver, version: 5, newest: 6);
        Assert.Equal([(0, 5L)], servers.FallBack(First, new HashSet<string> { "n1" }, new HashSet<int>()));
        Assert.False(servers.IsReplaced(0, First.Authority, 7));
    }

    [Fact]
    public void The_next_assignment_settles_it()
    {
        var servers = Servers();
        servers.TakeOver(0, "n1", TakenOver, version: 5, newest: 6);
        var next = new Assignment(1, 2, ["n1", "n1"], ["n1"]);
        servers.Follow(next);
        Assert.False(servers.IsReplaced(0, next.Authority, 9));
        Assert.Equal("n1", servers.Owners[0]);
    }

    [Fact]
    public void A_node_that_has_not_heard_of_an_assignment_in_force_knows_that_its_range_will_not_come()
    {
        // Found by a simulated story: the only server left, and its link to the next one broke before that one had the stamp. It became the
        // coordinator, and took itself for the node that was about to get the range.
        var servers = Servers();
        var coming = new Assignment(1, 2, ["n2", "n1"], ["n2"]) { Backups = ["n1"] };
        var gone = new HashSet<string> { "n0" };
        Assert.Equal([0], Handover.InVain(coming, servers, gone, "n2", _ => false));
        Assert.Empty(Handover.InVain(coming, servers, new HashSet<string>(), "n2", _ => false));
        Assert.Empty(Handover.InVain(coming, servers, gone, "n1", _ => false));
        Assert.Empty(Handover.InVain(coming, servers, gone, "n2", _ => true)); // it came, or a backup is here
        servers.TakeOver(0, "n1", TakenOver, version: 5, newest: 5);
        Assert.Empty(Handover.InVain(coming, servers, gone, "n2", _ => false)); // the backup took it over, and sends it
    }

    private static RangeServers Servers()
    {
        var servers = new RangeServers(1);
        servers.Follow(First);
        return servers;
    }
}
