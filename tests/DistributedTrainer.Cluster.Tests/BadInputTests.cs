using System.Net;
using System.Net.Sockets;

namespace DistributedTrainer.Cluster.Tests;

/// <summary>One clear error each, the exit code of the contract, nothing written, nothing left.</summary>
public class BadInputTests
{
    public static TheoryData<string, string, string[]> WrongJobs => new()
    {
        { "--set epoch=3", "epochs", ["--set", "epoch=3"] },
        { "--set epochs=many", "epochs", ["--set", "epochs=many"] },
        { "--set shards=0", "shards", ["--set", "shards=0"] },
        { "--set shards=33", "shards", ["--set", "shards=33"] },
        { "--set batch-size=100000", "batch-size 100000 does not fit 1438 training rows", ["--set", "batch-size=100000"] },
        { "--set model.1.dense.units=9", "10 classes", ["--set", "model.1.dense.units=9"] },
        { "--set stop={steps: 5}", "5 steps", ["--set", "stop={steps: 5}"] },
        { "--set data={source: csv, path: no.csv, target: y}", "no.csv", ["--set", "data={source: csv, path: no.csv, target: y}"] },
        { "--nodes 0", "--nodes", ["--nodes", "0"] },
        { "--threads x", "--threads", ["--threads", "x"] },
        { "--replicas 3", "--replicas", ["--nodes", "2", "--replicas", "3"] },
    };

    [ClusterTheory, MemberData(nameof(WrongJobs))]
    public async Task A_wrong_job_is_the_users_mistake(string what, string named, string[] options)
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        await using var train = await Dtrain.Run(workplace, ["train", job, .. options]);
        Assert.True(await train.Exit() == 2, $"{what}: {train.Transcript()}");
        Assert.Contains(named, train.Errors);
        Assert.Empty(train.Output);
        Assert.Equal(["short.yaml"], Directory.GetFileSystemEntries(workplace.Path).Select(entry => Path.GetFileName(entry)));
        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task A_wrong_job_is_the_users_mistake_on_a_cluster_too()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        await using var train = await Dtrain.Run(workplace, "train", job, "--nodes", "3", "--set", "batch-size=100000");
        Assert.True(await train.Exit() == 2, train.Transcript());
        Assert.Contains("batch-size 100000 does not fit 1438 training rows", train.Errors);
        Assert.Equal(["short.yaml"], Directory.GetFileSystemEntries(workplace.Path).Select(entry => Path.GetFileName(entry)));
        await workplace.NothingIsLeft();
    }

    [ClusterTheory]
    [InlineData(2, "no-such-command")]
    [InlineData(2, "train")]
    [InlineData(2, "train", "no-such-file.yaml")]
    [InlineData(2, "train", "jobs", "--no-such-option")]
    [InlineData(2, "find-lr", "no-such-file.yaml")]
    [InlineData(2, "node", "--roles", "wroker")]
    [InlineData(2, "node", "--port", "70000")]
    [InlineData(2, "node", "--config", "no-such-file.conf")]
    [InlineData(2, "node", "--seeds", "nonsense")]
    [InlineData(2, "status", "--seeds", "127.0.0.1")]
    public async Task A_wrong_command_is_the_users_mistake(int code, params string[] arguments)
    {
        using var workplace = new Workplace();
        await using var command = await Dtrain.Run(workplace, arguments);
        Assert.True(await command.Exit() == code, command.Transcript());
        Assert.NotEmpty(command.Errors);
        Assert.Empty(Directory.GetFileSystemEntries(workplace.Path));
        await workplace.NothingIsLeft();
    }

    [ClusterTheory]
    [InlineData("akka {\n  loglevel = INFO\n", "my.conf, line 1: '{' is never closed")]
    [InlineData("akka.cluster {\n  split-brain-resolver.active-strategy = keep-majorty\n}", "my.conf, line 2: this configuration does not work: Unknown downing strategy")]
    [InlineData("akka.cluster {\n  gossip-interval = soon\n}", "my.conf, line 2: this configuration does not work: The input string 'soon'")]
    public async Task A_wrong_configuration_is_the_users_mistake(string hocon, string message)
    {
        using var workplace = new Workplace();
        workplace.Write("my.conf", hocon);
        await using var node = await Dtrain.Run(workplace, "node", "--port", "0", "--config", "my.conf");
        Assert.True(await node.Exit() == 2, node.Transcript());
        Assert.StartsWith($"dtrain: {message}", node.Errors);
        Assert.Single(node.Errors.TrimEnd().Split('\n'));
        Assert.Empty(node.Output);
        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task A_report_folder_that_is_not_empty_is_left_alone()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        Directory.CreateDirectory(workplace.FullName("kept"));
        workplace.Write(Path.Combine("kept", "mine.txt"), "mine");
        await using var train = await Dtrain.Run(workplace, "train", job, "--report", "kept");
        Assert.True(await train.Exit() == 2, train.Transcript());
        Assert.Contains("kept", train.Errors);
        Assert.Single(Directory.GetFileSystemEntries(workplace.FullName("kept")));
    }

    [ClusterFact]
    public async Task A_loss_that_is_no_number_fails_the_run()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits.Replace("adam: { learning-rate: 0.003 }", "gd: { learning-rate: 1e30 }", StringComparison.Ordinal));
        await using var train = await Dtrain.Run(workplace, "train", job, "--nodes", "2", "--report", "failed");
        Assert.True(await train.Exit() == 1, train.Transcript());
        Assert.Matches("the loss is (NaN|infinite) in step [0-9]+, shard [0-7]", train.Errors);
        Assert.Equal("failed", workplace.Report("failed").State);
        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task A_port_in_use_is_named()
    {
        using var workplace = new Workplace();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var node = await Dtrain.Run(workplace, "node", "--port", $"{port}");
        Assert.True(await node.Exit() == 3, node.Transcript());
        Assert.Contains($"{port}", node.Errors);
    }

    [ClusterTheory]
    [InlineData("node", "--port", "0")]
    [InlineData("status")]
    [InlineData("cancel", "some-job")]
    public async Task A_silent_seed_is_named(params string[] command)
    {
        using var workplace = new Workplace();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var seed = $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        await using var asked = await Dtrain.Run(workplace, [.. command, "--seeds", seed]);
        Assert.True(await asked.Exit() == 3, asked.Transcript());
        Assert.Contains(seed, asked.Errors);
        await workplace.NothingIsLeft();
    }

    [ClusterFact]
    public async Task Another_build_is_not_let_in()
    {
        using var workplace = new Workplace();
        var job = workplace.Write("short.yaml", ShortJobs.Digits);
        var another = new Dictionary<string, string> { ["DTRAIN_BUILD_FINGERPRINT"] = "another-build" };
        await using var cluster = await HandMadeCluster.Start(workplace, (IReadOnlyDictionary<string, string>?)null);
        await using var node = Dtrain.Start(workplace, another, "node", "--port", "0", "--seeds", cluster.Seed);
        Assert.True(await node.Exit() == 3, node.Transcript());
        Assert.Contains("another-build", node.Errors);
        await using var client = Dtrain.Start(workplace, another, "submit", job, "--seeds", cluster.Seed);
        Assert.True(await client.Exit() == 3, client.Transcript());
        Assert.Contains("another-build", client.Errors);
        // The cluster is none the worse for it.
        await using var submit = cluster.Submit(job, "fine");
        Assert.True(await submit.Exit() == 0, submit.Transcript());
    }

    [ClusterFact]
    public async Task A_job_that_nobody_knows_cannot_be_cancelled_or_shown()
    {
        using var workplace = new Workplace();
        await using var cluster = await HandMadeCluster.Start(workplace, (IReadOnlyDictionary<string, string>?)null);
        foreach (var command in (string[])["cancel", "status"])
        {
            await using var asked = await Dtrain.Run(workplace, command, "no-such-job", "--seeds", cluster.Seed);
            Assert.True(await asked.Exit() == 2, asked.Transcript());
            Assert.Contains("no-such-job", asked.Errors);
        }
    }
}
