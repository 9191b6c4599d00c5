namespace DistributedTrainer.Coordination.Tests;

public class RowRequestsTests
{
    private static readonly RowLimits Limits = new()
    {
        RowsAtOnce = 3,
        MostInFlight = 2,
        Patience = TimeSpan.FromSeconds(2),
        Aside = TimeSpan.FromSeconds(1),
        Within = TimeSpan.FromSeconds(30),
    };

    private readonly RowRequests _requests = new("houses.csv") { Limits = Limits };

    [Fact]
    public void Rows_are_asked_for_in_pieces_of_the_sources_in_turn()
    {
        _requests.Set(["a", "b"]);
        _requests.Want([1, 2, 3, 4, 5, 6, 7], step: 4, At(0));
        var sent = _requests.Decide(At(0));
        Assert.Equal(["a: 1 2 3", "b: 4 5 6", "a: 7"], sent.Select(Text));
        Assert.Equal([1L, 2, 3], sent.Select(request => request.Number));
        Assert.All(sent, request => Assert.Equal(4, request.Step));
        Assert.Equal(7, _requests.Outstanding);
    }

    [Fact]
    public void No_source_is_asked_for_more_than_it_can_answer_soon()
    {
        _requests.Set(["a"]);
        _requests.Want([.. Enumerable.Range(0, 9)], 1, At(0));
        Assert.Equal(2, _requests.Decide(At(0)).Count);
        Assert.Empty(_requests.Decide(At(0)));
        Assert.NotNull(_requests.Answered("a", 1, At(1)));
        Assert.Equal(["a: 6 7 8"], _requests.Decide(At(1)).Select(Text));
    }

    [Fact]
    public void Who_waits_now_goes_first()
    {
        _requests.Set(["a"]);
        _requests.Want([.. Enumerable.Range(0, 9)], 1, At(0));
        _requests.Decide(At(0));
        _requests.Want([90, 91, 92, 93], step: -1, At(0));
        _requests.Answered("a", 1, At(0));
        _requests.Answered("a", 2, At(0));
        Assert.Equal(["a: 90 91 92", "a: 93"], _requests.Decide(At(0)).Select(Text));
    }

    [Fact]
    public void An_answer_that_nobody_asked_for_is_not_taken()
    {
        _requests.Set(["a", "b"]);
        _requests.Want([1], 1, At(0));
        var request = Assert.Single(_requests.Decide(At(0)));
        Assert.Null(_requests.Answered("b", request.Number, At(0)));
        Assert.Null(_requests.Answered("a", request.Number + 1, At(0)));
        Assert.Same(request, _requests.Answered("a", request.Number, At(0)));
        Assert.Null(_requests.Answered("a", request.Number, At(0)));
        Assert.Equal(0, _requests.Outstanding);
    }

    [Fact]
    public void What_a_failed_source_was_asked_is_asked_of_another()
    {
        _requests.Set(["a", "b"]);
        _requests.Want([1, 2, 3, 4], 1, At(0));
        _requests.Decide(At(0));
        _requests.Fail("a", "cannot be reached", At(0));
        Assert.Equal(["b: 1 2 3"], _requests.Decide(At(0)).Select(Text));
        Assert.Null(_requests.Answered("a", 1, At(0))); // too late: somebody else is asked
    }

    [Fact]
    public void A_source_that_failed_is_tried_again()
    {
        _requests.Set(["a"]);
        _requests.Want([1], 1, At(0));
        _requests.Decide(At(0));
        _requests.Fail("a", "cannot be reached", At(0));
        Assert.Empty(_requests.Decide(At(0.9)));
        Assert.Equal(["a: 1"], _requests.Decide(At(1)).Select(Text));
    }

    [Fact]
    public void A_source_that_does_not_answer_is_given_up()
    {
        _requests.Set(["a", "b"]);
        _requests.Want([1], 1, At(0));
        _requests.Decide(At(0));
        Assert.Empty(_requests.Decide(At(2)));
        Assert.Equal(["b: 1"], _requests.Decide(At(2.1)).Select(Text));
    }

    [Fact]
    public void A_source_that_the_coordinator_no_longer_names_is_not_waited_for()
    {
        _requests.Set(["a", "b"]);
        _requests.Want([1], 1, At(0));
        Assert.Equal(["a: 1"], _requests.Decide(At(0)).Select(Text));
        _requests.Set(["b", "c"]);
        Assert.Equal(["b", "c"], _requests.Sources);
        Assert.Equal(["b: 1"], _requests.Decide(At(0)).Select(Text));
    }

    [Fact]
    public void The_description_is_a_request_without_rows()
    {
        _requests.Set(["a"]);
        _requests.Want([], -1, At(0));
        Assert.Empty(Assert.Single(_requests.Decide(At(0))).Rows);
        Assert.Empty(_requests.Answered("a", 1, At(0))!.Rows);
    }

    [Fact]
    public void A_wait_has_a_bound_and_says_for_whom_and_why()
    {
        _requests.Set(["a", "b"]);
        Assert.Null(_requests.Stuck(At(100))); // nothing is wanted
        _requests.Want([1], 1, At(100));
        _requests.Decide(At(100));
        _requests.Fail("a", "cannot be reached: closed", At(110));
        _requests.Decide(At(110));
        Assert.Null(_requests.Stuck(At(130)));
        var reason = _requests.Stuck(At(130.1));
        Assert.Equal(
            "waited 30 s for rows of houses.csv, which are not on this node; nodes that have it: a cannot be reached: closed; b has not answered", reason);
        _requests.Set([]);
        Assert.EndsWith("no node of the cluster has it any more", _requests.Stuck(At(130.1)));
    }

    [Fact]
    public void An_answer_begins_the_wait_anew()
    {
        _requests.Set(["a"]);
        _requests.Want([1, 2, 3, 4], 1, At(0));
        _requests.Decide(At(0));
        _requests.Answered("a", 1, At(29));
        Assert.Null(_requests.Stuck(At(58)));
        Assert.NotNull(_requests.Stuck(At(59.1)));
        _requests.Answered("a", 2, At(60));
        Assert.Null(_requests.Stuck(At(1000)));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static string Text(RowRequest request) => $"{request.Node}: {string.Join(' ', request.Rows)}";
}
