namespace DistributedTrainer.Coordination.Tests;

/// <summary>Who is asked to compute what others should have.</summary>
public class HelpPlanTests
{
    private static readonly IReadOnlySet<string> Nobody = new HashSet<string>();

    /// <summary>a: shards 0-1; b: 2-4; c: 5-7.</summary>
    private static readonly Assignment Three = new(1, 1, ["a", "a", "b", "b", "b", "c", "c", "c"], ["a"]);

    private readonly HelpPlan _plan = new(8);
    private TimeSpan _now;

    [Fact]
    public void The_slots_of_a_node_that_is_gone_are_asked_for_at_once_of_those_who_have_finished()
    {
        Steps(10, 100);
        var requests = Ask(["c"], (5, 6), (6, 8));
        Assert.Equal([(5, 6), (6, 8)], requests.Select(request => (request.Slot.First, request.Slot.End)));
        Assert.Equal(["a", "b"], requests.Select(request => request.Node).Order());
        Assert.All(requests, request => Assert.Equal((10L, 1), (request.Step, request.Attempt)));
    }

    [Fact]
    public void While_nobody_has_finished_those_who_are_busy_are_asked() =>
        Assert.DoesNotContain(Ask(["c"], (0, 8)), request => request.Node == "c");

    [Fact]
    public void Nobody_is_asked_twice_for_the_same()
    {
        Assert.NotEmpty(Ask(["c"], (6, 8)));
        Assert.Empty(Ask(["c"], (6, 8)));
    }

    [Fact]
    public void If_the_helper_dies_too_another_one_is_asked()
    {
        var first = Assert.Single(Ask(["c"], (6, 8))).Node;
        var second = Assert.Single(Ask(["c", first], (6, 8)));
        Assert.NotEqual(first, second.Node);
        Assert.Equal(2, second.Attempt);
    }

    [Fact]
    public void If_all_others_are_gone_there_is_nobody_to_ask() => Assert.Empty(Ask(["a", "b", "c"], (0, 8)));

    [Theory]
    [InlineData(1, 19, false)]
    [InlineData(1, 21, true)] // no step is so short that 20 ms are not waited
    [InlineData(100, 399, false)]
    [InlineData(100, 401, true)]
    public void A_node_is_late_after_four_median_steps(int stepMs, int waitedMs, bool isLate)
    {
        Steps(20, stepMs);
        _now += TimeSpan.FromMilliseconds(waitedMs);
        Assert.Equal(isLate, Ask([], (6, 8)).Count > 0);
    }

    [Fact]
    public void A_node_that_has_not_finished_its_own_does_not_help_the_late()
    {
        Steps(20, 10);
        _now += TimeSpan.FromSeconds(1);
        Assert.Empty(Ask([], (0, 8)));
    }

    [Fact]
    public void Where_all_are_late_for_long_each_is_asked_for_its_own_again()
    {
        // Found by a simulated story: all nodes had pushed to another server, which they took for the successor of this one.
        Steps(20, 10);
        _now += TimeSpan.FromSeconds(2);
        Assert.Equal(["a", "b", "b", "c"], Ask([], (0, 2), (2, 4), (4, 5), (5, 8)).Select(request => request.Node));
        _now += TimeSpan.FromMilliseconds(81);
        Assert.All(Ask([], (2, 4), (4, 5), (5, 8)), request => Assert.Equal("a", request.Node)); // it has finished by now
    }

    [Fact]
    public void Where_all_are_late_an_owner_that_was_asked_in_vain_holds_up_nobody_and_others_are_asked_after_it()
    {
        // Found by a simulated story: a range came back to a server two versions behind the others, on a node that had never got the version
        // between; it was asked for its own shards again and again, and nobody for any other.
        Steps(20, 10);
        _now += TimeSpan.FromSeconds(2);
        Assert.Equal(["a", "b", "c"], Ask([], (0, 2), (2, 5), (5, 8)).Select(request => request.Node));
        Assert.Empty(Ask([], (0, 2), (2, 5), (5, 8)));
        _now += TimeSpan.FromMilliseconds(81);
        Assert.All(Ask([], (0, 2), (2, 5), (5, 8)), request => Assert.NotEqual(Three.Shards[request.Slot.First], request.Node));
        _now += TimeSpan.FromMilliseconds(161);
        Assert.Equal(["a", "b", "c"], Ask([], (0, 2), (2, 5), (5, 8)).Select(request => request.Node));
    }

    [Fact]
    public void One_slot_of_a_late_node_is_computed_twice_at_a_time()
    {
        Steps(20, 10);
        _now += TimeSpan.FromMilliseconds(50);
        Assert.Equal((5, 6), Slot(Assert.Single(Ask([], (5, 6), (6, 8)))));
        Assert.Empty(Ask([], (5, 6), (6, 8)));
        Assert.Equal((6, 8), Slot(Assert.Single(Ask([], (6, 8)))));
    }

    [Fact]
    public void A_node_that_was_late_again_and_again_is_slow_and_no_longer_waited_for()
    {
        Steps(20, 10);
        for (var step = 20; step < 24; step++)
        {
            _now += TimeSpan.FromMilliseconds(45);
            Ask([], (6, 8));
            _plan.Begin(step + 1, _now, isStep: true);
        }

        Assert.Equal(["c"], _plan.SlowNodes);
        _now += TimeSpan.FromMilliseconds(15);
        Assert.NotEmpty(Ask([], (6, 8)));
        for (var step = 25; step < 45; step++)
        {
            _now += TimeSpan.FromMilliseconds(5);
            _plan.Begin(step, _now, isStep: true);
        }

        Assert.Empty(_plan.SlowNodes);
    }

    [Fact]
    public void A_slot_of_several_owners_is_asked_for_by_owner()
    {
        var requests = Ask(["b", "c"], (0, 8));
        Assert.Equal([(2, 4), (4, 5), (5, 6), (6, 8)], requests.Select(Slot).Order());
    }

    private static (int First, int End) Slot(HelpRequest request) => (request.Slot.First, request.Slot.End);

    private List<HelpRequest> Ask(string[] gone, params (int First, int End)[] missing) =>
        [.. _plan.Decide(Three, [.. missing.Select(slot => new Slot(slot.First, slot.End))], gone.Length == 0 ? Nobody : gone.ToHashSet(), _now)];

    private void Steps(int steps, int ms)
    {
        for (var step = 0; step <= steps; step++)
        {
            _plan.Begin(step, _now, isStep: step > 0);
            _now += TimeSpan.FromMilliseconds(step < steps ? ms : 0);
        }
    }
}
