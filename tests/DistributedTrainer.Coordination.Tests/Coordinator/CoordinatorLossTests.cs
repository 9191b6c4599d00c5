using CsCheck;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>Messages get lost and coordinators move: jobs end all the same, each step and epoch once.</summary>
public class CoordinatorLossTests
{
    [Fact]
    public void Any_one_message_may_be_lost()
    {
        var messages = Play((_, _) => false).Sent;
        for (var lost = 0; lost < messages; lost++)
            Play((number, _) => number == lost);
    }

    [Fact]
    public void A_third_of_all_messages_may_be_lost() => Gen.UInt.Sample(
        seed =>
        {
            var random = new Random((int)seed);
            Play((_, _) => random.Next(3) == 0, boundSeconds: 110);
        },
        iter: 30);

    [Fact]
    public void A_decision_is_repeated_until_every_node_reports_it()
    {
        var cluster = Start();
        cluster.Loses = (_, name) => name == "DecideEpoch to n2";
        cluster.Until(() => cluster.Commands.Count(command => command is { Node: "n2", Message: DecideEpoch { Version: 4 } }) >= 3, "repeated decisions");
        Assert.Equal(4, cluster.Training.Version);
        cluster.Loses = (_, _) => false;
        Check(cluster);
    }

    [Fact]
    public void The_coordinator_may_move_at_any_moment()
    {
        var rounds = (int)(Play((_, _) => false).Now / TimeSpan.FromSeconds(0.1));
        for (var round = 1; round < rounds; round++)
        {
            var cluster = Start();
            for (var step = 0; step < round; step++)
                cluster.Step();
            Move(cluster, "n1");
            Check(cluster);
        }
    }

    [Fact]
    public void The_coordinator_may_move_again_and_again() => Gen.Select(Gen.Int[1, 25].Array[1, 6], Gen.UInt).Sample(
        (pauses, seed) =>
        {
            var random = new Random((int)seed);
            var cluster = Start();
            cluster.Loses = (_, _) => random.Next(10) == 0;
            foreach (var pause in pauses)
            {
                for (var step = 0; step < pause && cluster.Result() is null; step++)
                    cluster.Step();
                Move(cluster, $"n{random.Next(3)}");
            }

            Check(cluster);
        },
        iter: 60);

    [Fact]
    public void A_move_of_the_coordinator_raises_the_term_and_is_told()
    {
        var cluster = Start();
        cluster.Until(() => cluster.Training.Version == 5, "step 5");
        cluster.MoveCoordinator("n2");
        Check(cluster);
        Assert.Equal(2, cluster.Logic.Term);
        Assert.All(cluster.Nodes, node => Assert.Equal(2, node.Term));
        var moved = Assert.Single(cluster.Changes("coordinator-moved"));
        Assert.Equal("n2", moved.Node);
        // The first epoch's seconds are in the book: the run's clock does not start again.
        Assert.InRange(moved.AtSeconds, cluster.Events.OfType<EpochClosed>().First().Row.Seconds, cluster.Now.TotalSeconds);
    }

    [Fact]
    public void The_node_of_the_leading_server_and_the_coordinator_may_leave()
    {
        var cluster = Start();
        cluster.Until(() => cluster.Training.Version == 2, "step 2");
        cluster.Node("n0").IsLeaving = true;
        cluster.Until(() => cluster.Node("n0").MayLeave, "leave to go");
        cluster.Vanish("n0");
        cluster.MoveCoordinator("n1");
        cluster.Logic.HandleGone("n0", politely: true, cluster.Now);
        Check(cluster);
        Assert.Equal(["n1", "n2"], cluster.Training.Stamped!.Nodes);
        Assert.Equal("n0", Assert.Single(cluster.Changes("node-left")).Node);
    }

    [Fact]
    public void A_coordinators_node_that_left_politely_is_not_taken_for_lost_by_the_next_one()
    {
        var cluster = Start();
        cluster.Until(() => cluster.Training.Version == 2, "step 2");
        cluster.Node("n0").IsLeaving = true;
        cluster.Until(() => cluster.Node("n0").MayLeave, "leave to go");
        cluster.Until(() => cluster.Changes("node-left").Any(), "its last report");
        cluster.Vanish("n0");
        cluster.MoveCoordinator("n1", new HashSet<string> { "n1", "n2" });
        Check(cluster);
        Assert.Equal("n0", Assert.Single(cluster.Changes("node-left")).Node);
        Assert.Empty(cluster.Changes("node-lost"));
    }

    [Fact]
    public void A_finished_job_stays_finished_after_a_move()
    {
        var cluster = Start();
        cluster.ToEnd();
        cluster.For(2);
        cluster.MoveCoordinator("n1");
        cluster.For(5);
        Assert.Equal("completed", Assert.Single(cluster.Logic.Status().Jobs).State);
        Assert.Single(cluster.Events.OfType<JobFinished>());
        Assert.Equal("n0", cluster.Logic.Saver("j1"));
    }

    private static PlayedCluster Play(Func<int, string, bool> loses, double boundSeconds = 60)
    {
        var cluster = Start();
        cluster.Loses = loses;
        Check(cluster, boundSeconds);
        return cluster;
    }

    private static PlayedCluster Start()
    {
        var cluster = new PlayedCluster();
        cluster.Submit(SmallJobs.Submit());
        return cluster;
    }

    /// <summary>A client repeats its submission to a coordinator that does not know the job.</summary>
    private static void Move(PlayedCluster cluster, string to)
    {
        cluster.MoveCoordinator(to);
        cluster.Submit(SmallJobs.Submit());
    }

    private static void Check(PlayedCluster cluster, double boundSeconds = 60)
    {
        var result = cluster.ToEnd(boundSeconds: boundSeconds);
        Assert.Equal(("completed", "epochs", 0), (result.State, result.StopReason, result.ExitCode));
        Assert.Equal((2, 8L, 80L, "weights of version 8"), (result.Epochs, result.Steps, result.Samples, result.WeightsSha256));
        cluster.Until(() => !cluster.Nodes.Any(node => node.HasJob), "nodes to close the job", boundSeconds);
        cluster.Until(() => cluster.Nodes.All(node => node.Book.Count == cluster.Logic.BookLength), "nodes to have the whole book", boundSeconds);
    }
}
