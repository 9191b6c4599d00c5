using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli.Tests;

public sealed class ProgressTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private RunRecord _run = Samples.Record;

    [Fact]
    public void ALineNamesEpochStepLossMetricSpeedAndTimeLeft()
    {
        var run = Samples.Record.With(Samples.Started).With(Samples.Epoch(1)).With(Samples.Step(60));

        Assert.Equal("epoch 2/2  step 60/90  loss 0.7  validation accuracy 0.9  320 samples/s  3 s left", ProgressText.Line(run));
    }

    [Fact]
    public void AnEpochThatJustClosedShowsItsOwnFigures()
    {
        var run = Samples.Record.With(Samples.Started).With(Samples.Step(45)).With(Samples.Epoch(1));

        Assert.StartsWith("epoch 1/2  step 45/90  loss 0.5 ", ProgressText.Line(run), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.4, "under 1 s")]
    [InlineData(90, "90 s")]
    [InlineData(600, "10 min")]
    [InlineData(9000, "2.5 h")]
    public void DurationsAreReadable(double seconds, string expected) => Assert.Equal(expected, ProgressText.Duration(seconds));

    [Fact]
    public void PlainLinesAreThrottledAndTheLastOneIsShown()
    {
        var view = new ProgressView(new Screen(_output, _output, _output, IsLive: false, 140), _time);
        Show(view, Samples.Started);
        Show(view, Samples.Step(10));
        Show(view, Samples.Step(20));
        _time.Advance(TimeSpan.FromSeconds(2));
        Show(view, Samples.Step(30));
        Show(view, Samples.Epoch(1));
        Show(view, Samples.Epoch(2));
        view.Close();

        Assert.Equal(["epoch 1/2  step 10/90", "epoch 1/2  step 45/90", "epoch 2/2  step 90/90"], Lines().Where(line => line.StartsWith("epoch", StringComparison.Ordinal)).Select(line => line[..21]));
    }

    [Fact]
    public void ALiveLineIsOverwrittenAndCutToTheTerminal()
    {
        var view = new ProgressView(new Screen(_output, _output, _output, IsLive: true, 40), _time);
        Show(view, Samples.Started);
        Show(view, Samples.Step(10));
        _time.Advance(TimeSpan.FromSeconds(1));
        Show(view, Samples.Step(20));
        view.Close();

        var drawn = _output.ToString().Split('\n')[1].Split("\r\u001b[K");
        Assert.Equal(3, drawn.Length);
        Assert.Equal("epoch 1/2  step 10/90  loss 0.7  320 sa", drawn[0]);
        Assert.StartsWith("epoch 1/2  step 20/90", drawn[1], StringComparison.Ordinal);
        Assert.Equal("epoch 1/2  step 20/90  loss 0.7  320 samples/s  7 s left", drawn[2]);
    }

    [Fact]
    public void TheModelTableLinesUp()
    {
        ModelTable.Write(_output, [new LayerSummary("hidden", "dense", [96], 6240), new LayerSummary("dense-2", "dense", [10], 970)], [8, 8]);

        Assert.Equal(
            [
                "  layer    kind   output  parameters",
                "  ───────  ─────  ──────  ──────────",
                "  input           (8, 8)",
                "  hidden   dense      96       6,240",
                "  dense-2  dense      10         970",
                "  total                        7,210",
            ],
            Lines());
    }

    [Fact]
    public void TheSummaryEndsWithTheHashAndTheReport()
    {
        RunSummary.Write(_output, "digits", Samples.Result, 3.5, "runs/digits-1");

        Assert.Equal(
            [
                "digits completed (epochs): 2 epochs, 90 steps, 2,876 samples in 2.00 s, 3.50 s in all",
                "  train loss      0.25",
                "  validation      loss 0.6  accuracy 0.925",
                "  weights_sha256  cc",
                "  report          runs/digits-1",
            ],
            Lines());
    }

    private void Show(ProgressView view, JobEvent jobEvent)
    {
        _run = _run.With(jobEvent);
        view.Show(_run, jobEvent);
    }

    private string[] Lines() => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
