using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class ConvergenceTests
{
    [Fact]
    public void Without_rules_the_last_epoch_ends_the_run()
    {
        var run = new Epochs(new StopSpec());
        Assert.Equal(new EpochDecision(false, false, "continue"), run.Next(train: 1));
        Assert.Equal(new EpochDecision(false, false, "continue"), run.Next(train: 2));
        Assert.Equal(new EpochDecision(true, false, "epochs"), run.Next(train: 3, isFinal: true));
    }

    [Fact]
    public void Patience_counts_epochs_without_improvement_and_keeps_the_best()
    {
        var run = new Epochs(new StopSpec { Patience = 2 });
        Assert.True(run.Next(validation: 0.5).KeepBest);
        Assert.True(run.Next(validation: 0.4).KeepBest);
        Assert.Equal(new EpochDecision(false, false, "continue"), run.Next(validation: 0.41));
        var last = run.Next(validation: 0.4);
        Assert.True(last.Stop);
        Assert.False(last.KeepBest);
        Assert.StartsWith("patience: validation.loss has not improved on 0.4 for 2 epochs", last.Reason);
        Assert.Equal(2 * Epochs.Steps, run.State.BestVersion);
    }

    [Fact]
    public void An_improvement_starts_patience_anew()
    {
        var run = new Epochs(new StopSpec { Patience = 2 });
        foreach (var loss in (double[])[0.5, 0.6, 0.4, 0.6, 0.3, 0.6])
            Assert.False(run.Next(validation: loss).Stop);
        Assert.True(run.Next(validation: 0.6).Stop);
    }

    [Theory]
    [InlineData("validation.loss", 0.5, 0.41, false)]
    [InlineData("validation.loss", 0.5, 0.39, true)]
    [InlineData("validation.accuracy", 0.5, 0.59, false)]
    [InlineData("validation.accuracy", 0.5, 0.61, true)]
    [InlineData("validation.accuracy", 0.5, 0.3, false)]
    [InlineData("validation.r2", -1, 0.2, true)]
    [InlineData("validation.top_5", 0.5, 0.7, true)]
    [InlineData("validation.top_5", 0.5, 0.3, false)]
    [InlineData("validation.mae", 0.5, 0.3, true)]
    [InlineData("validation.rmse", 0.5, 0.7, false)]
    [InlineData("train.loss", 0.5, 0.3, true)]
    [InlineData("train.loss", 0.5, 0.7, false)]
    public void Only_a_change_beyond_min_delta_in_the_metrics_direction_is_better(string monitor, double before, double after, bool better)
    {
        var run = new Epochs(new StopSpec { Monitor = monitor, Patience = 5, MinDelta = 0.1 });
        run.Watch(before);
        Assert.Equal(better, run.Watch(after).KeepBest);
        Assert.Equal(better ? after : before, run.State.BestValue);
    }

    [Theory]
    [InlineData("validation.loss", 0.2, 0.21, 0.2)]
    [InlineData("validation.accuracy", 0.9, 0.89, 0.9)]
    [InlineData("validation.r2", 0.5, 0.4, 0.6)]
    [InlineData("train.loss", 0.2, 0.3, 0.1)]
    public void A_target_stops_once_reached(string monitor, double target, double notYet, double reached)
    {
        var run = new Epochs(new StopSpec { Monitor = monitor, Target = target });
        Assert.False(run.Watch(notYet).Stop);
        var decision = run.Watch(reached);
        Assert.True(decision.Stop);
        Assert.StartsWith($"target: {monitor}", decision.Reason);
    }

    [Fact]
    public void Tolerance_compares_the_train_losses_of_neighbouring_epochs()
    {
        var run = new Epochs(new StopSpec { Tolerance = 0.01 });
        Assert.False(run.Next(train: 0).Stop);
        Assert.False(run.Next(train: 1).Stop);
        Assert.False(run.Next(train: 1.01001).Stop);
        var decision = run.Next(train: 1.0101);
        Assert.True(decision.Stop);
        Assert.StartsWith("tolerance", decision.Reason);
    }

    [Fact]
    public void The_monitor_follows_from_the_validation_part()
    {
        var without = new Epochs(new StopSpec { Target = 0.1 });
        Assert.Contains("train.loss", without.Next(train: 0.05).Reason);
        var with = new Epochs(new StopSpec { Target = 0.1 });
        Assert.False(with.Next(train: 0.05, validation: 0.3).Stop);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_never_an_improvement()
    {
        var run = new Epochs(new StopSpec { Patience = 3 });
        run.Next(validation: 0.5);
        Assert.False(run.Next(validation: double.NaN).KeepBest);
        Assert.Equal(0.5, run.State.BestValue);
    }

    [Fact]
    public void Deciding_twice_from_the_same_state_gives_the_same()
    {
        var rules = new StopSpec { Patience = 1, Target = 0.1, Tolerance = 0.5 };
        var state = new ConvergenceState(0.4, 10, 0, 0.9);
        var result = new EpochResult(3, 30, 0.8, new Evaluation(0.45, []), false);
        Assert.Equal(Convergence.Decide(rules, state, result), Convergence.Decide(rules, state, result));
    }

    [Fact]
    public void A_monitor_without_a_validation_part_is_a_defect_that_names_itself()
    {
        var run = new Epochs(new StopSpec { Monitor = "validation.loss" });
        Assert.Contains("validation.loss", Assert.Throws<InvalidOperationException>(() => run.Next(train: 1)).Message);
    }

    /// <summary>A run's epochs one after the other.</summary>
    private sealed class Epochs(StopSpec rules)
    {
        public const int Steps = 10;
        private int _epoch;

        public ConvergenceState State { get; private set; } = ConvergenceState.Start;

        public EpochDecision Next(double train = 1, double? validation = null, bool isFinal = false) =>
            Decide(train, validation is { } loss ? new Evaluation(loss, []) : null, isFinal);

        /// <summary>An epoch whose watched figure is this.</summary>
        public EpochDecision Watch(double value) => rules.Monitor switch
        {
            "train.loss" => Decide(value, new Evaluation(7, []), false),
            "validation.loss" => Decide(7, new Evaluation(value, []), false),
            var metric => Decide(7, new Evaluation(7, [new(metric!["validation.".Length..], value)]), false),
        };

        private EpochDecision Decide(double train, Evaluation? validation, bool isFinal)
        {
            _epoch++;
            (State, var decision) = Convergence.Decide(rules, State, new EpochResult(_epoch, _epoch * Steps, train, validation, isFinal));
            return decision;
        }
    }
}
