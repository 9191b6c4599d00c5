namespace DistributedTrainer.Cli.Tests;

public sealed class ManagedMessagesTests
{
    public static TheoryData<string> Orders => new(
        """{"join":["127.0.0.1:1"]}""", """{"cancel":{"job_id":"a","reason":"b","exit_code":130}}""", """{"leave":true}""", """{"stop":true}""");

    [Theory]
    [MemberData(nameof(Orders))]
    public void OrdersAreOneLineWithOneProperty(string line) => Assert.Equal(line, ManagedOrder.Parse(line).ToLine());

    [Fact]
    public void AJobSurvivesTheWay()
    {
        var line = new ManagedOrder { Submit = Samples.Submission }.ToLine();

        Assert.DoesNotContain('\n', line);
        Assert.Equal(Samples.Submission, ManagedOrder.Parse(line).Submit);
    }

    [Fact]
    public void EventsSurviveTheWayNotANumberIncluded()
    {
        var epoch = Samples.Epoch(1);
        var line = new ManagedReport { Job = epoch with { Row = epoch.Row with { TrainLoss = double.NaN } } }.ToLine();

        var read = Assert.IsType<Coordination.EpochClosed>(ManagedReport.Parse(line).Job);
        Assert.True(double.IsNaN(read.Row.TrainLoss));
        Assert.Equal(epoch.Row.ValidationMetrics, read.Row.ValidationMetrics);
        Assert.StartsWith("""{"job":{"event":"epoch",""", line, StringComparison.Ordinal);
    }
}
