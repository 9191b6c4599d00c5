using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

/// <summary>The order in which a range's state takes what is decided, whatever the order in which it hears it.</summary>
public sealed class RangeStateTests : IDisposable
{
    private readonly OpenedJob _job = OpenedJob.Open("job", JobFile.Format(SmallJobs.Digits with { Stop = new StopSpec(), Epochs = 10 }), servers: 2);
    private readonly RangeState _state;
    private readonly float[] _parameters;

    public RangeStateTests()
    {
        _state = new RangeState(_job, _job.Ranges[1], 0);
        _parameters = new float[_job.Ranges[1].Length];
    }

    private long Epoch => _job.Plan.StepsPerEpoch;

    public void Dispose()
    {
        _state.Dispose();
        _job.Data.Dispose();
    }

    /// <summary>A node that was cut off has gone on alone; its decisions arrive where the first epoch has not ended.</summary>
    [Fact]
    public void A_decision_that_is_far_ahead_waits_for_its_turn()
    {
        Assert.False(_state.Decide(Decision(3, reductions: 2), _parameters));
        Assert.True(_state.Decide(Decision(1, reductions: 1, keepBest: true), _parameters));
        Assert.Equal(0, _state.Reductions);
        Advance(Epoch);
        Assert.Equal((1, Epoch), (_state.Reductions, _state.BestVersion));
        Advance(Epoch);
        Assert.True(_state.AwaitsDecision);
        Assert.True(_state.Decide(Decision(2, reductions: 2, before: 1), _parameters));
        Assert.False(_state.AwaitsDecision);
        Assert.Equal(3 * Epoch, _state.Decision.Version);
        Advance(Epoch);
        Assert.False(_state.AwaitsDecision);
    }

    [Fact]
    public void A_run_that_ends_far_ahead_has_not_ended_here()
    {
        _state.Decide(Decision(4) with { Stop = true }, _parameters);
        Advance(Epoch);
        Assert.Equal((true, false), (_state.AwaitsDecision, _state.IsStopped));
    }

    private void Advance(long steps)
    {
        for (var step = 0; step < steps; step++)
        {
            _state.Advance();
            _state.DecideWhatIsDue(_parameters);
        }
    }

    private EpochDecisionKnown Decision(int epoch, int reductions = 0, int before = 0, bool keepBest = false) => new(
        epoch * Epoch, Stop: false, keepBest, ConvergenceState.Start with { Plateau = new PlateauState(1, 0, reductions, before) });
}
