using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class PlateauTests
{
    private static readonly ReduceOnPlateau Rules = new() { Patience = 2, MinDelta = 0.1 };

    [Fact]
    public void The_rate_falls_after_epochs_without_improvement_and_the_count_begins_anew()
    {
        var state = PlateauState.Start;
        int[] reductions = [.. new[] { 1.0, 0.95, 0.91, 0.92, 0.93, 0.5, 0.5, 0.45 }.Select(value => (state = state.After(Rules, value, largerIsBetter: false)).Reductions)];
        Assert.Equal([0, 0, 1, 1, 2, 2, 2, 3], reductions);
        Assert.Equal(2, state.ReductionsBefore);
        Assert.Equal(0.5, state.BestValue);
    }

    [Fact]
    public void Larger_may_be_better()
    {
        var state = PlateauState.Start.After(Rules, 0.5, true).After(Rules, 0.7, true);
        Assert.Equal((0.7, 0), (state.BestValue, state.EpochsSinceBest));
        Assert.Equal(1, state.After(Rules, 0.6, true).EpochsSinceBest);
    }

    [Fact]
    public void The_state_goes_through_the_book_and_the_message()
    {
        var stop = new StopSpec { Monitor = "train.loss" };
        var first = Convergence.Decide(stop, ConvergenceState.Start, new EpochResult(1, 10, 0.5, null, false), Rules).State;
        var second = Convergence.Decide(stop, first, new EpochResult(2, 20, 0.5, null, false), Rules).State;
        Assert.Equal(new PlateauState(0.5, 1, 0, 0), second.Plateau);
        var entry = new EpochDecided("job", new HistoryRow(1, 10, 0.1, 0.5, 0, null, [], 1, 1), 10, second, new EpochDecision(false, false, ""));
        var text = System.Text.Json.JsonSerializer.Serialize(entry, BookJson.Default.BookEntry);
        Assert.Equal(second, Assert.IsType<EpochDecided>(System.Text.Json.JsonSerializer.Deserialize(text, BookJson.Default.BookEntry)).State);
        var message = new DecideEpoch(1, 1, "job", 20, false, false, second.BestValue, second.BestVersion, second.EpochsSinceBest, second.PreviousTrainLoss)
        {
            PlateauBest = 0.5,
            PlateauEpochs = 1,
        };
        Assert.Equal(second, message.ToState());
    }
}
