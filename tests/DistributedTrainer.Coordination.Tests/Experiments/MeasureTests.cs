namespace DistributedTrainer.Coordination.Tests;

/// <summary>Measures from what was observed: a step every 10 ms unless a test says otherwise.</summary>
public class MeasureTests
{
    private readonly CommitLog _commits = new();

    [Fact]
    public void A_pause_is_the_longest_gap_after_the_event_and_a_gap_that_is_open_counts_from_the_event()
    {
        Steady(1, 100);
        Steady(101, 200, from: 1180);
        var measure = Of(Event("kill", at: 1004));
        Assert.Equal(176, measure.PauseMs!.Value, 3);
        Assert.Equal(0, measure.StepsRepeated);
    }

    [Fact]
    public void A_step_that_was_under_way_does_not_hide_the_pause_after_it()
    {
        Steady(1, 101);
        Steady(102, 200, from: 1300);
        Assert.Equal(290, Of(Event("kill", at: 1009)).PauseMs!.Value, 3);
    }

    [Fact]
    public void An_evaluation_is_no_pause_unless_the_event_falls_into_it()
    {
        Steady(1, 110);
        Steady(111, 200, from: 1400);
        Assert.Equal(10, Of(Event("delay", at: 1005), isBoundary: version => version == 110).PauseMs!.Value, 3);
        Assert.Equal(290, Of(Event("delay", at: 1110), isBoundary: version => version == 110).PauseMs!.Value, 3);
    }

    [Fact]
    public void A_gap_long_after_the_event_is_not_its_own()
    {
        Steady(1, 300);
        Steady(301, 400, from: 4000);
        Assert.Equal(10, Of(Event("kill", at: 1000)).PauseMs!.Value, 3);
        Assert.True(Of(Event("stop", at: 1000, lasts: 2500)).PauseMs > 900);
    }

    [Fact]
    public void A_run_without_a_further_step_has_no_pause_or_none_left_to_make()
    {
        Steady(1, 100);
        Assert.Null(Of(Event("kill", at: 1005), isComplete: false).PauseMs);
        Assert.Equal(0, Of(Event("kill", at: 1005), isComplete: true).PauseMs);
    }

    [Fact]
    public void A_handover_is_the_longest_step_right_after_a_new_assignment()
    {
        Steady(1, 110);
        Steady(111, 120, from: 1115);
        Steady(121, 300, from: 1240);
        foreach (var version in (long[])[90, 110, 115, 120])
            _commits.Assign(version);
        Assert.Equal(35, Of(Event("add", at: 1000)).HandoverMs!.Value, 3);
        Assert.Equal(15, Of(Event("add", at: 1000), isBoundary: version => version == 120).HandoverMs!.Value, 3);
        Assert.Null(Of(Event("add", at: 1300)).HandoverMs);
    }

    [Fact]
    public void Steps_made_again_are_repeated_and_are_no_progress()
    {
        Steady(1, 100);
        Steady(91, 130, from: 1200);
        var measure = Of(Event("kill", at: 1001));
        Assert.Equal(10, measure.StepsRepeated);
        Assert.Equal(1300 - 1001, measure.PauseMs!.Value, 3); // step 101 comes again at 1200 + 100
    }

    [Fact]
    public void Noticed_is_the_first_sign_about_the_victim()
    {
        Steady(1, 300);
        Sighting[] sightings = [new(Ms(1010), "node-2", "link-failed"), new(Ms(1030), "node-3", "link-failed"), new(Ms(900), "node-3", "node-joined"), new(Ms(2500), "node-3", "node-lost")];
        Assert.Equal(30, Of(Event("kill", at: 1000), sightings).NoticedMs!.Value, 3);
        Assert.Null(Of(Event("slow", at: 2600), sightings).NoticedMs);
        Assert.Null(Of(Event("restart", at: 1000), sightings).NoticedMs);
    }

    [Fact]
    public void A_sign_belongs_to_the_event_that_it_follows()
    {
        Steady(1, 300);
        Sighting[] sightings = [new(Ms(1500), "", "shards-moved"), new(Ms(1600), "node-3", "node-left"), new(Ms(1700), "node-2", "link-failed"), new(Ms(2500), "node-3", "node-joined")];
        var events = (InjectedEvent[])[Event("remove", 1000), Event("kill", 1400) with { Node = "node-2", Nodes = ["node-2"] }, Event("restart", 2000)];
        var noticed = EventMeasures.Of(events, _commits, sightings, _ => false, Ms(3000), isComplete: true).Select(measure => Math.Round(measure.NoticedMs ?? -1)).ToList();
        Assert.Equal([600, 100, 500], noticed);
    }

    [Fact]
    public void Throughput_is_new_steps_a_second_before_during_and_after()
    {
        Steady(1, 300); // to 3.0 s
        Steady(301, 350, from: 3100, every: 20); // to 4.08 s
        Steady(351, 600, from: 4090);
        var measure = Of(Event("slow", at: 3000, lasts: 1080));
        Assert.Equal(100, measure.Before!.Value, 0);
        Assert.Equal(50 / 1.08, measure.During!.Value, 1);
        Assert.Equal(100, measure.After!.Value, 0);
    }

    [Fact]
    public void Samples_of_steps_count_short_last_batches()
    {
        Assert.Equal(0, RunMeasure.SamplesOf(0, 100, 32));
        Assert.Equal(64, RunMeasure.SamplesOf(2, 100, 32));
        Assert.Equal(100, RunMeasure.SamplesOf(4, 100, 32));
        Assert.Equal(232, RunMeasure.SamplesOf(9, 100, 32));
    }

    [Theory]
    [InlineData(90, 2880, 0, 0)]
    [InlineData(90, 2850, 30, 0)]
    [InlineData(90, 2900, 0, 20)]
    public void Lost_and_doubled_samples_are_told_from_those_that_the_steps_have(long steps, long samples, long lost, long doubled)
    {
        var started = new JobStarted("id", "x", 1, 3200, 32, 8, 2, 1, 100, 100, []);
        var run = RunMeasure.Of(Result("a", steps, samples, 2), Result("a", 100, 3200, 1), started, _commits, []);
        Assert.Equal((lost, doubled), (run.SamplesLost, run.SamplesDoubled));
        Assert.Equal(samples / 2.0 / 3200, run.Goodput, 6);
    }

    [Fact]
    public void Verdicts_take_the_worst_of_all_runs()
    {
        var clean = Result("aa", 100, 3200, 1);
        var expect = new Expectations { PauseMax = Ms(250), StepsRepeatedMax = 3 };
        var good = new RunMeasure(clean, 0.9, 0, 0, 3, [new EventMeasure(Event("kill", 0), 1, 249.96, null, 0, 1, 1, 1)]);
        Assert.All(Verdict.Of(expect, clean, [good, good], 2), verdict => Assert.True(verdict.IsMet, verdict.Name));
        Assert.Equal("pause-max", Single(good with { Events = [new EventMeasure(Event("kill", 0), 1, 251, null, 0, 1, 1, 1)] }));
        Assert.Equal("pause-max", Single(good with { Events = [new EventMeasure(Event("kill", 0), 1, null, null, 0, 1, 1, 1)] }));
        Assert.Equal("same-weights", Single(good with { Result = Result("ab", 100, 3200, 1) }));
        Assert.Equal("samples-lost", Single(good with { SamplesLost = 1 }));
        Assert.Equal("samples-doubled", Single(good with { SamplesDoubled = 1 }));
        Assert.Equal("steps-repeated-max", Single(good with { StepsRepeated = 4 }));
        Assert.Equal("events-missed", Single(good with { Events = [new EventMeasure(Event("kill", 0) with { Missed = "nobody fits" }, null, null, null, 0, null, null, null)] }));
        Assert.Equal("completed,same-weights", Single(good with { Result = Result("", 50, 1600, 1) with { State = "failed" } }));
        Assert.Equal("completed", string.Join(',', Verdict.Of(expect, clean, [good], 2).Where(verdict => !verdict.IsMet).Select(verdict => verdict.Name)));

        string Single(RunMeasure bad) => string.Join(',', Verdict.Of(expect, clean, [good, bad], 2).Where(verdict => !verdict.IsMet).Select(verdict => verdict.Name));
    }

    [Fact]
    public void Lanes_join_what_follows_closely_and_part_what_does_not()
    {
        var lanes = new Lanes(Lanes.VisibleGap);
        lanes.Add(new LaneSegment("node-1", 0, 4, 1, 10, Ms(0), Ms(100), 10));
        lanes.Add(new LaneSegment("node-1", 0, 4, 11, 20, Ms(105), Ms(200), 10));
        lanes.Add(new LaneSegment("node-2", 4, 8, 1, 20, Ms(0), Ms(200), 20));
        lanes.Add(new LaneSegment("node-1", 0, 8, 21, 30, Ms(205), Ms(300), 10));
        lanes.Add(new LaneSegment("node-1", 0, 4, 31, 40, Ms(500), Ms(600), 10));
        Assert.Equal(
            [new("node-1", 0, 4, 1, 20, Ms(0), Ms(200), 20), new("node-2", 4, 8, 1, 20, Ms(0), Ms(200), 20), new("node-1", 0, 8, 21, 30, Ms(205), Ms(300), 10), new("node-1", 0, 4, 31, 40, Ms(500), Ms(600), 10)],
            lanes.Segments);
        Assert.Equal(3, Lanes.Join(lanes.Segments, Ms(400)).Count);
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static InjectedEvent Event(string kind, double at, double? lasts = null) =>
        new(kind, "node-3", 1, Ms(at), lasts is { } time ? Ms(time) : null, ["node-3"]) { IsPlanned = true };

    private static JobResult Result(string hash, long steps, long samples, double seconds) =>
        new("completed", "", 0, "r", "d", hash, 3, 8, 2, 1, 1, 10, 1, steps, samples, 0, 0.1, null, null, seconds, [], []);

    /// <summary>Version v at from + (v − first) · every ms; by default at v · 10 ms.</summary>
    private void Steady(long first, long last, double? from = null, double every = 10)
    {
        for (var version = first; version <= last; version++)
            _commits.Add(version, Ms((from ?? first * 10) + (version - first) * every));
    }

    private EventMeasure Of(InjectedEvent e, IReadOnlyList<Sighting>? sightings = null, Func<long, bool>? isBoundary = null, bool isComplete = true) =>
        EventMeasures.Of([e], _commits, sightings ?? [], isBoundary ?? (_ => false), _commits.All[^1].At + Ms(10), isComplete)[0];
}
