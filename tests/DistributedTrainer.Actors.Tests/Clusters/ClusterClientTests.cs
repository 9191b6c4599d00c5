using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

public class ClusterClientTests
{
    [Fact]
    public async Task A_job_is_submitted_followed_and_its_model_fetched()
    {
        await using var cluster = await TestCluster.Start(2);
        await using var client = await ClusterClient.ConnectAsync([cluster.Nodes[1].Address], Wait.Bound);
        await client.SubmitAsync(Submission("followed", SmallJobs.Digits), Wait.Bound);
        var events = await Follow(client, "followed");
        Assert.IsType<JobAccepted>(events[0]);
        Assert.Equal([45L, 70L], events.OfType<EpochClosed>().Select(epoch => epoch.Row.Step));
        var result = Assert.IsType<JobFinished>(events[^1]).Result;
        using var folder = new TemporaryFolder();
        await client.FetchModelAsync("followed", folder.Path, Wait.Bound);
        using var model = ModelFolder.Read(folder.Path);
        Assert.Equal(result.WeightsSha256, model.Description.WeightsSha256);
        Assert.Equal(PlainTraining.Hash(SmallJobs.Digits, 70), result.WeightsSha256);
    }

    [Fact]
    public async Task A_late_follower_hears_everything_once()
    {
        await using var cluster = await TestCluster.Start(1);
        await using var client = await ClusterClient.ConnectAsync([cluster.Nodes[0].Address], Wait.Bound);
        await client.SubmitAsync(Submission("late", SmallJobs.Digits), Wait.Bound);
        await cluster.Result("late");
        var events = await Follow(client, "late");
        Assert.Single(events.OfType<JobStarted>());
        Assert.Equal([45L, 70L], events.OfType<EpochClosed>().Select(epoch => epoch.Row.Step));
        Assert.Single(events.OfType<JobFinished>());
    }

    [Fact]
    public async Task Status_and_cancel_reach_the_coordinator()
    {
        await using var cluster = await TestCluster.Start(2);
        await using var client = await ClusterClient.ConnectAsync([cluster.Nodes[0].Address, cluster.Nodes[1].Address], Wait.Bound);
        await client.SubmitAsync(Submission("long", SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 100_000 }) with { Servers = 2 }, Wait.Bound);
        await cluster.Goes(5, "long");
        var status = await client.StatusAsync(Wait.Bound);
        Assert.Equal("running", Assert.Single(status.Jobs).State);
        Assert.Equal(Enumerable.Range(0, 8), status.Nodes.SelectMany(node => node.Shards));
        Assert.Equal([0, 1], status.Nodes.SelectMany(node => node.Primaries).Order());
        Assert.True(await client.CancelAsync("long", Wait.Bound));
        Assert.Equal(("stopped", 0), ((await cluster.Result("long")).State, (await cluster.Result("long")).ExitCode));
        Assert.False(await client.CancelAsync("nothing", Wait.Bound));
    }

    [Fact]
    public async Task A_repeated_submission_is_one_job()
    {
        await using var cluster = await TestCluster.Start(1);
        await using var client = await ClusterClient.ConnectAsync([cluster.Nodes[0].Address], Wait.Bound);
        for (var time = 0; time < 3; time++)
            await client.SubmitAsync(Submission("once", SmallJobs.Digits), Wait.Bound);
        await cluster.Result("once");
        Assert.Single((await client.StatusAsync(Wait.Bound)).Jobs);
    }

    [Fact]
    public async Task A_job_that_cannot_be_read_is_refused()
    {
        await using var cluster = await TestCluster.Start(1);
        await using var client = await ClusterClient.ConnectAsync([cluster.Nodes[0].Address], Wait.Bound);
        var error = await Assert.ThrowsAsync<NodeStartException>(() => client.SubmitAsync(new JobSubmission("bad", "model: 7", 1, 0, 0, null), Wait.Bound));
        Assert.Equal(2, error.ExitCode);
    }

    private static JobSubmission Submission(string id, Job job) => new(id, JobFile.Format(job), 1, 0, 0, null);

    private static async Task<List<JobEvent>> Follow(ClusterClient client, string id)
    {
        using var bound = new CancellationTokenSource(Wait.Bound);
        var events = new List<JobEvent>();
        await foreach (var jobEvent in client.FollowAsync(id, bound.Token))
            events.Add(jobEvent);
        return events;
    }
}
