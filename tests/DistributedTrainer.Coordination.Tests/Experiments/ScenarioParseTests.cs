using NJsonSchema;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>Scenario files: what they say, and one clear error for each mistake.</summary>
public class ScenarioParseTests
{
    [Fact]
    public void The_contracts_example_is_read_whole()
    {
        var scenario = ScenarioText.Parse(ScenarioText.Contract);
        Assert.Equal(("one-of-each", 5, 1ul), (scenario.Name, scenario.Repeat, scenario.Seed));
        Assert.Equal(Path.GetFullPath("jobs/mnist-mlp.yaml"), scenario.Job);
        Assert.Equal(["epochs=2"], scenario.Set);
        Assert.Equal(new ClusterShape { Nodes = 3, Servers = 2, Replicas = 1, Threads = 1 }, scenario.Cluster);
        Assert.Equal(8, scenario.Events.Count);
        Assert.Equal(new KillEvent(RunTime.Steps(200), new Victim(VictimKind.Worker), TimeSpan.FromSeconds(2)), scenario.Events[0]);
        Assert.Equal(new StopEvent(RunTime.Steps(400), new Victim(VictimKind.Named, "node-3"), TimeSpan.FromSeconds(3)), scenario.Events[1]);
        Assert.Equal(new SlowEvent(RunTime.Steps(600), new Victim(VictimKind.Any), 4, TimeSpan.FromSeconds(5)), scenario.Events[2]);
        var partition = Assert.IsType<PartitionEvent>(scenario.Events[3]);
        Assert.Equal(RunTime.Epochs(1), partition.At);
        Assert.Equal(["node-1,node-2", "node-3"], partition.Groups.Select(group => string.Join(',', group)));
        var delay = Assert.IsType<DelayEvent>(scenario.Events[4]);
        Assert.Equal((RunTime.After(TimeSpan.FromSeconds(20)), TimeSpan.FromMilliseconds(20)), (delay.At, delay.By));
        Assert.Equal(new AddEvent(RunTime.Steps(1200), 1), scenario.Events[5]);
        Assert.Equal(new RemoveEvent(RunTime.Steps(1300), new Victim(VictimKind.Named, "node-2")), scenario.Events[6]);
        Assert.Equal(new KillEvent(RunTime.Steps(1500), new Victim(VictimKind.All), null, TimeSpan.FromSeconds(2)), scenario.Events[7]);
        Assert.Equal([RandomFault.Kill, RandomFault.Stop], scenario.Random!.Kinds);
        Assert.Equal(TimeSpan.FromMilliseconds(250), scenario.Expect.PauseMax);
        Assert.True(scenario.InjectsFaults);
    }

    [Fact]
    public void What_is_left_out_has_defaults()
    {
        var scenario = ScenarioText.With("at: 5 steps, kill: any, restart: 1 s");
        Assert.Equal((1, 0ul, true), (scenario.Repeat, scenario.Seed, scenario.Expect.SameWeights));
        Assert.Equal((0, 0), (scenario.Expect.SamplesLost, scenario.Expect.SamplesDoubled));
        Assert.Null(scenario.Expect.PauseMax);
        Assert.False(scenario.InjectsFaults);
    }

    [Fact]
    public void Changes_of_the_job_are_what_set_takes()
    {
        var scenario = ScenarioText.Parse(
            "job: x.yaml\nset: { epochs: 2, model.0.dense.units: 64, loss: { huber: { delta: 1.5 } }, metrics: [mae, r2], name: \"a b\" }\nevents: [ { at: 1 steps, add: 1 } ]");
        Assert.Equal(["epochs=2", "model.0.dense.units=64", "loss={ huber: { delta: 1.5 } }", "metrics=[ mae, r2 ]", "name=\"a b\""], scenario.Set);
    }

    public static TheoryData<string, string, string> BadEvents => new()
    {
        { "at: 5 steps, kil: any", "events.0", "does not say what happens: one of kill, stop, slow, partition, delay, add, remove; found a map with the keys at, kil; did you mean 'kill'?" },
        { "at: 5 steps, kill: any, stop: any", "events.0", "an event does one thing; found kill and stop" },
        { "kill: any", "events.0.at", "this required key is missing; keys here: at, kill, restart, resume" },
        { "at: 5, kill: any", "events.0.at", "'5' has no unit; write it like '200 steps'; units allowed here: steps, step, epochs" },
        { "at: 5 stepps, kill: any", "events.0.at", "unknown unit 'stepps'" },
        { "at: 0.5 epochs, kill: any", "events.0.at", "expected a whole number of epochs, 1 or more" },
        { "at: 5 steps, kill: workers", "events.0.kill", "unknown victim 'workers'; allowed here: worker, server, coordinator, any, all, node-1; did you mean 'worker'?" },
        { "at: 5 steps, kill: node-9", "events.0.kill", "unknown node 'node-9'; allowed here: node-1, node-2, node-3" },
        { "at: 5 steps, kill: node-0", "events.0.kill", "unknown victim 'node-0'" },
        { "at: 5 steps, stop: all", "events.0.stop", "unknown victim 'all'" },
        { "at: 5 steps, kill: any, for: 2 s", "events.0.for", "unknown key 'for'; allowed here: at, kill, restart, resume" },
        { "at: 5 steps, kill: all", "events.0.kill", "say when it is resumed" },
        { "at: 5 steps, kill: all, resume: 2 s, restart: 2 s", "events.0.restart", "write resume instead" },
        { "at: 5 steps, kill: any, resume: 2 s", "events.0.resume", "goes with kill: all" },
        { "at: 5 steps, stop: any, for: 3", "events.0.for", "'3' has no unit" },
        { "at: 5 steps, slow: any", "events.0.factor", "this required key is missing" },
        { "at: 5 steps, slow: any, factor: 0.5", "events.0.factor", "is 0.5; allowed is a number above 1" },
        { "at: 5 steps, partition: [[node-1, node-2, node-3]]", "events.0.partition", "expected at least 2 in the list of groups of nodes" },
        { "at: 5 steps, partition: [[node-1, node-2], [node-2, node-3]]", "events.0.partition", "'node-2' stands in it twice" },
        { "at: 5 steps, partition: [[node-1], [node-3]]", "events.0.partition", "node-2 is in no group" },
        { "at: 5 steps, partition: [[node-1, node-2, node-3], [node-4]]", "events.0.partition", "unknown node 'node-4'" },
        { "at: 5 steps, delay: [node-1], by: 5 ms", "events.0.delay", "expected at least 2" },
        { "at: 5 steps, delay: [node-1, node-1], by: 5 ms", "events.0.delay", "'node-1' stands in it twice" },
        { "at: 5 steps, delay: [node-1, node-2]", "events.0.by", "this required key is missing" },
        { "at: 5 steps, add: 0", "events.0.add", "expected a whole number from 1" },
        { "at: 5 steps, remove: all", "events.0.remove", "unknown victim 'all'" },
    };

    [Theory, MemberData(nameof(BadEvents))]
    public void A_bad_event_is_named_with_its_line_and_key(string text, string key, string message)
    {
        var error = ScenarioText.ErrorOf(text);
        Assert.Equal((ScenarioText.File, 4, key), (error.File, error.Line, error.Key));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string, string> BadFiles => new()
    {
        { "", 1, "", "the file is empty; a scenario needs job and events" },
        { "job: x.yaml", 1, "events", "nothing happens in this scenario" },
        { "events: [ { at: 1 steps, add: 1 } ]", 1, "job", "this required key is missing" },
        { "job: x.yaml\nevnets: []", 2, "evnets", "did you mean 'events'?" },
        { "job: x.yaml\nrepeat: 0\nevents: []", 2, "repeat", "expected a whole number from 1" },
        { "job: x.yaml\ncluster: { nodes: 100 }\nevents: []", 2, "cluster.nodes", "100 processes are too many" },
        { "job: x.yaml\ncluster: { nodes: 2, replicas: 2 }\nevents: []", 2, "cluster.replicas", "2 nodes have room for at most 1" },
        { "job: x.yaml\nrandom: { mean-time-between: 5 s, do: [kil], until: 1 min }", 2, "random.do.0", "unknown fault 'kil'; allowed here: kill, stop, remove; did you mean 'kill'?" },
        { "job: x.yaml\nrandom: { mean-time-between: 1 ms, do: [kill], until: 10 h }", 2, "random.until", "would be more than 10000" },
        { "job: x.yaml\nexpect: { pause-max: 250 }\nevents: []", 2, "expect.pause-max", "'250' has no unit" },
        { "job: x.yaml\nexpect: { same-weight: true }\nevents: []", 2, "expect.same-weight", "did you mean 'same-weights'?" },
        { "job: x.yaml\ncluster: { nodes: 2 }\nevents: [ { at: 1 steps, kill: worker } ]", 3, "events.0.kill", "no node is only a worker: each of the 2 hosts a range" },
        { "job: x.yaml\ncluster: { nodes: 1 }\nevents: [ { at: 1 steps, kill: any } ]", 3, "events.0.kill", "takes the last node away" },
        { "job: &x x.yaml", 1, "", "anchors (&name) are not used in scenario files" },
    };

    [Theory, MemberData(nameof(BadFiles))]
    public void A_bad_file_is_named_with_its_line_and_key(string text, int line, string key, string message)
    {
        var error = ScenarioText.Error(text);
        Assert.Equal((line, key), (error.Line, error.Key));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_added_may_be_named() =>
        Assert.Equal(2, ScenarioText.With("at: 5 steps, add: 1", "at: 50 steps, remove: node-4").Events.Count);

    [Theory]
    [InlineData("stop: { time: 30 min }", "at: 5 steps, add: 1", "job", "stops on time (stop.time)")]
    [InlineData("epochs: 2", "at: 2 epochs, add: 1", "events.0.at", "is not before the job's end: it has 2 epochs")]
    [InlineData("epochs: 2", "at: 46 steps, add: 1", "events.0.at", "is not before the job's end: it has 46 steps")]
    [InlineData("stop: { steps: 10 steps }", "at: 10 steps, add: 1", "events.0.at", "it has 10 steps")]
    public void What_the_job_makes_impossible_is_refused(string jobLine, string line, string key, string message)
    {
        var scenario = ScenarioText.With(line);
        var error = Assert.Throws<JobFileException>(
            () => ScenarioFile.CheckAgainstJob(scenario, ScenarioText.Lines(line), ScenarioText.File, JobText.With(jobLine), stepsPerEpoch: 23));
        Assert.Equal(key, error.Key);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_lasts_is_accepted() => ScenarioFile.CheckAgainstJob(
        ScenarioText.With("at: 45 steps, add: 1"), ScenarioText.Lines("at: 45 steps, add: 1"), ScenarioText.File, JobText.With("epochs: 2"), stepsPerEpoch: 23);

    [Fact]
    public async Task The_schema_takes_what_the_parser_takes_and_refuses_typing_slips()
    {
        var schema = await JsonSchema.FromJsonAsync(ScenarioFile.Schema());
        Assert.Empty(schema.Validate(YamlJson.Of(ScenarioText.Contract)));
        foreach (var bad in (string[])["at: 5 steps, kil: any", "at: 5, kill: any", "at: 5 steps, kill: workers", "at: 5 steps, kill: any, for: 2 s", "at: 5 steps, add: 0"])
            Assert.NotEmpty(schema.Validate(YamlJson.Of(ScenarioText.Lines(bad))));
    }
}
