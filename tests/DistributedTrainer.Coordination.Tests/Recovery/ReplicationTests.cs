namespace DistributedTrainer.Coordination.Tests;

public class ReplicationTests
{
    [Fact]
    public void A_backup_from_the_start_is_assumed_to_be_there_until_it_has_spoken()
    {
        // Found by a simulated story: the first assignment was replaced before the backup's node heard of it.
        var replica = new Replication("n1", 1, 0, counts: true);
        Assert.True(replica.IsAssumed);
        replica.Made(1, 7);
        Assert.True(replica.Acknowledge(1, 1, 7, 1));
        Assert.False(replica.IsAssumed);
        Assert.False(new Replication("n1", 2, 5, counts: false).IsAssumed);
    }

    [Fact]
    public void Other_parameters_are_seen()
    {
        var replica = new Replication("n1", 1, 0, counts: true);
        replica.Made(1, 7);
        Assert.False(replica.Acknowledge(1, 1, 8, 1));
    }
}
