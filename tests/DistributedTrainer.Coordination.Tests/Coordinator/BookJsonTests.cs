using System.Text.Json;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class BookJsonTests
{
    private static readonly RunEvent Event = new(1.25, 7, "node-joined", "n1", "worker");
    private static readonly HistoryRow Row = new(2, 8, 0.1, double.NaN, 0, 0.5, [new("accuracy", 0.25)], 1.5, double.PositiveInfinity);

    private static readonly BookEntry[] Entries =
    [
        new JobQueued("j", new JobSubmission("j", "name: ü\nmodel: []", 3, 2, 1, null)),
        new JobRecovered("j", 12.5),
        new JobOpened("j", new JobStarted("j", "linear", 10, 40, 10, 8, 1, 2, 4, 8, ["n0", "n1"]) { Layers = [] }, "da1a", "7ec1"),
        new AssignmentMade("j", new Assignment(3, 2, ["n0", "n1"], ["n1"])),
        new AssignmentInForce("j", 2),
        new EpochDecided("j", Row, 80, ConvergenceState.Start, new EpochDecision(true, true, "patience")),
        new RunEventHappened("j", Event),
        new StopRequested("j", "signal", 130),
        new JobClosed(
            "j",
            new JobResult(
                "completed", "epochs", 0, "7ec1", "da1a", "3e16", 2, 8, 1, 0, 1, 10, 2, 8, 80, 0, 0.5, new PartScore(0.5, [new("accuracy", 0.9)]), null, 1.5,
                [new NodeShare("n0", "worker", 32, 10, 20)], [Event]),
            "n0"),
        new JobReopened("j~1", 1234, 20.5, 18.25),
        new CheckpointsReady("j", 1200, "/checkpoints/0000001200", "da1a", 12.5, ["/checkpoints/0000001500 is not used: it is torn"], 3),
    ];

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, Entries.Length)];

    [Fact]
    public void Every_kind_of_entry_is_here() => Assert.Equal(
        typeof(BookEntry).Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(BookEntry))).ToHashSet(),
        Entries.Select(entry => entry.GetType()).ToHashSet());

    [Theory, MemberData(nameof(Indexes))]
    public void An_entry_comes_back_as_it_was(int index)
    {
        var text = JsonSerializer.Serialize(Entries[index], BookJson.Default.BookEntry);
        var again = JsonSerializer.Deserialize(text, BookJson.Default.BookEntry);
        // Records with lists in them compare those by reference: their text says whether they are the same.
        Assert.IsType(Entries[index].GetType(), again);
        Assert.Equal(text, JsonSerializer.Serialize(again, BookJson.Default.BookEntry));
    }

    [Fact]
    public void Figures_that_are_no_numbers_survive()
    {
        var entry = new EpochDecided("j", Row, 80, ConvergenceState.Start, new EpochDecision(false, false, "continue"));
        var again = Assert.IsType<EpochDecided>(JsonSerializer.Deserialize(
            JsonSerializer.Serialize<BookEntry>(entry, BookJson.Default.BookEntry), BookJson.Default.BookEntry));
        Assert.True(double.IsNaN(again.Row.TrainLoss));
        Assert.True(double.IsPositiveInfinity(again.Row.SamplesPerSecond));
        Assert.Equal(ConvergenceState.Start, again.State);
        Assert.Equal(Row.ValidationMetrics, again.Row.ValidationMetrics);
    }

    [Fact]
    public void An_assignment_comes_back_with_its_nodes()
    {
        var entry = Assert.IsType<AssignmentMade>(JsonSerializer.Deserialize(
            JsonSerializer.Serialize(Entries[3], BookJson.Default.BookEntry), BookJson.Default.BookEntry));
        Assert.Equal(["n0", "n1"], entry.Assignment.Nodes);
        Assert.Equal("n1", entry.Assignment.Leader);
    }

    [Fact]
    public void Layers_of_a_started_job_survive()
    {
        var entry = Entries.OfType<JobOpened>().Single();
        var layers = entry with { Started = entry.Started with { Layers = [new LayerSummary("dense-1", "dense", [1], 10)] } };
        var again = Assert.IsType<JobOpened>(JsonSerializer.Deserialize(
            JsonSerializer.Serialize<BookEntry>(layers, BookJson.Default.BookEntry), BookJson.Default.BookEntry));
        Assert.Single(again.Started.Layers);
    }
}
