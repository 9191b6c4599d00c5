using System.Diagnostics;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Cli.Tests;

public sealed class LocalClusterTests
{
    private readonly ManualTime _time = new();
    private readonly List<FakeNode> _nodes = [];
    private readonly LocalCluster _cluster;
    private readonly List<JobEvent> _events = [];

    public LocalClusterTests() => _cluster = new LocalCluster(
        3,
        (name, received) =>
        {
            _nodes.Add(new FakeNode(name, received));
            return _nodes[^1];
        },
        _time);

    [Fact]
    public async Task NodesJoinTheFirstAndTheFirstGetsTheJob()
    {
        var run = FollowAsync();
        Listen(2);
        Listen(0);
        Listen(1);
        Report(0, Samples.Started);
        Report(0, Samples.Finished());
        await run;
        await _cluster.DisposeAsync();

        const string join = """{"join":["127.0.0.1:1"]}""";
        const string stop = """{"stop":true}""";
        Assert.Equal([join, new ManagedOrder { Submit = Samples.Submission }.ToLine(), stop], _nodes[0].Orders);
        Assert.Equal([join, stop], _nodes[1].Orders);
        Assert.Equal([join, stop], _nodes[2].Orders);
        Assert.Equal([Samples.Started, Samples.Finished()], _events);
        Assert.DoesNotContain(_nodes, node => node.WasKilled);
    }

    [Fact]
    public async Task ANodeThatDiesEndsTheRunAndTheOthers()
    {
        var run = FollowAsync();
        Listen(0);
        _nodes[1].LastErrors = ["out of memory"];
        _nodes[1].Exit(134);

        var error = await Assert.ThrowsAsync<CommandException>(() => run);
        await _cluster.DisposeAsync();

        Assert.Equal(ExitCode.Failed, error.ExitCode);
        Assert.Contains("node-2 died (exit code 134)", error.Message, StringComparison.Ordinal);
        Assert.Contains("out of memory", error.Message, StringComparison.Ordinal);
        Assert.All(_nodes, node => Assert.True(node.Exited.IsCompleted));
    }

    [Fact]
    public async Task OthersAreToldOfANodeThatDiesDuringTheRunAndGoOn()
    {
        var run = FollowAsync();
        Listen(0);
        Listen(1);
        Listen(2);
        Report(0, Samples.Started);
        await UntilAsync(() => _events.Count > 0, TimeSpan.Zero);
        _nodes[0].Exit(137);
        await UntilAsync(() => _nodes[1].Orders.Contains("""{"down":"127.0.0.1:1"}"""), TimeSpan.Zero);
        Report(1, Samples.Finished());
        await run;

        Assert.Equal([Samples.Started, Samples.Finished()], _events);
    }

    [Fact]
    public async Task TheLastNodesDeathEndsTheRun()
    {
        var run = FollowAsync();
        Listen(0);
        Listen(1);
        Report(0, Samples.Started);
        await UntilAsync(() => _events.Count > 0, TimeSpan.Zero);
        foreach (var node in _nodes)
            node.Exit(137);

        Assert.Contains("died (exit code 137)", (await Assert.ThrowsAsync<CommandException>(() => run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANodeThatWasLeftOutIsStartedAgainAndJoinsTheOthers()
    {
        var run = FollowAsync();
        Listen(0);
        Listen(1);
        Listen(2);
        Report(0, Samples.Started);
        await UntilAsync(() => _events.Count > 0, TimeSpan.Zero);
        _nodes[0].Exit(ExitCode.NotAdmitted);
        await UntilAsync(() => _nodes.Count == 4, TimeSpan.Zero);
        _nodes[3].Report(new ManagedReport { Listening = "127.0.0.1:9" });
        await UntilAsync(() => _nodes[3].Orders.Contains("""{"join":["127.0.0.1:2","127.0.0.1:3"]}"""), TimeSpan.Zero);
        Report(1, Samples.Finished());
        await run;
    }

    [Fact]
    public async Task ANodeThatSaysWhyIsQuoted()
    {
        var run = FollowAsync();
        _nodes[2].Report(new ManagedReport { Failed = new NodeFailure("another build", ExitCode.NotAdmitted) });

        var error = await Assert.ThrowsAsync<CommandException>(() => run);

        Assert.Equal(("node-3: another build", ExitCode.NotAdmitted), (error.Message, error.ExitCode));
    }

    [Fact]
    public async Task WaitingHasABoundAndSaysForWhat()
    {
        var run = FollowAsync();
        Listen(0);
        await UntilAsync(() => _nodes[0].Orders.Count > 0, TimeSpan.Zero);
        _time.Advance(LocalCluster.StartTimeout);

        var error = await Assert.ThrowsAsync<CommandException>(() => run);

        Assert.Equal("waited 60 s for node-2, node-3 to listen", error.Message);
    }

    [Fact]
    public async Task CancellingBeforeTheJobIsHandedOverEndsAtOnce()
    {
        var run = FollowAsync();
        _cluster.Cancel("interrupted", ExitCode.Interrupted);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task CancellingARunIsPassedOn()
    {
        var run = FollowAsync();
        Listen(0);
        _cluster.Cancel("interrupted", ExitCode.Interrupted);
        Report(0, Samples.Finished("stopped", "interrupted", ExitCode.Interrupted));
        await run;

        Assert.Contains("""{"cancel":{"job_id":"digits-1","reason":"interrupted","exit_code":130}}""", _nodes[0].Orders);
    }

    [Fact]
    public async Task AbortingKillsAtOnce()
    {
        var run = FollowAsync();
        _cluster.Abort();

        await Assert.ThrowsAnyAsync<Exception>(() => run);
        Assert.All(_nodes, node => Assert.True(node.WasKilled));
    }

    [Fact]
    public async Task ANodeThatDoesNotStopIsKilled()
    {
        var run = FollowAsync();
        Report(0, Samples.Finished());
        await run;
        _nodes[1].IgnoresStop = true;
        var disposal = _cluster.DisposeAsync().AsTask();
        _time.Advance(LocalCluster.StopTimeout);
        await disposal;

        Assert.Equal([false, true, false], _nodes.Select(node => node.WasKilled && node.IgnoresStop));
    }

    [Fact]
    public async Task ANodeThatIsAskedToEndLeavesAndTheRunGoesOn()
    {
        var run = FollowAsync();
        Listen(0);
        Listen(1);
        Report(0, Samples.Started);
        _nodes[1].Report(new ManagedReport { Leaving = true });
        await UntilAsync(() => _nodes[1].Orders.Contains("""{"leave":true}"""), TimeSpan.FromMilliseconds(50));
        _nodes[1].Exit(0);
        Report(0, Samples.Finished());
        await run;

        Assert.Equal([Samples.Started, Samples.Finished()], _events);
    }

    [Fact]
    public async Task ANodeThatIsAddedJoinsThoseThatLiveAndTheJobGoesOn()
    {
        var run = FollowAsync();
        Listen(0);
        Listen(1);
        Listen(2);
        Report(0, Samples.Started);
        _cluster.Remove("node-1");
        await UntilAsync(() => _nodes[0].Orders.Contains("""{"leave":true}"""), TimeSpan.Zero);
        _nodes[0].Exit(0);
        _cluster.Add("node-4");
        await UntilAsync(() => _nodes.Count == 4, TimeSpan.Zero);
        Listen(3);
        await UntilAsync(() => _nodes[3].Orders.Count > 0, TimeSpan.Zero);
        Assert.Equal(["""{"join":["127.0.0.1:2","127.0.0.1:3"]}"""], _nodes[3].Orders);
        Report(1, Samples.Finished());
        await run;

        Assert.Equal([Samples.Started, Samples.Finished()], _events);
        await _cluster.DisposeAsync();
        Assert.All(_nodes, node => Assert.True(node.Exited.IsCompleted));
    }

    private async Task FollowAsync()
    {
        await foreach (var jobEvent in _cluster.RunAsync(Samples.Submission))
            _events.Add(jobEvent);
    }

    private void Listen(int node) => _nodes[node].Report(new ManagedReport { Listening = $"127.0.0.1:{node + 1}" });

    private void Report(int node, JobEvent jobEvent) => _nodes[node].Report(new ManagedReport { Job = jobEvent });

    /// <summary>Gives other threads their turn, and moves the clock, until something has happened.</summary>
    private async Task UntilAsync(Func<bool> happened, TimeSpan tick)
    {
        var patience = Stopwatch.StartNew();
        while (!happened())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), "it did not happen");
            _time.Advance(tick);
            await Task.Yield();
        }
    }
}
