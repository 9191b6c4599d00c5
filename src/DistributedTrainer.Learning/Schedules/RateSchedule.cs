using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The learning rate of a step: a pure function of the job, the step and how often a plateau was met, by our own cosine and power, so that
/// whoever evaluates it gets the same bits.
/// </summary>
/// <param name="rate">The optimizer's η.</param>
/// <param name="schedule">Null: the same rate at every step.</param>
/// <param name="totalSteps">Steps of all epochs; where the run stops before, it stops on the way, so that stopping changes no step before.</param>
/// <param name="stepsPerEpoch">Steps of a pass over the rows.</param>
public sealed class RateSchedule(double rate, ScheduleSpec? schedule, long totalSteps, int stepsPerEpoch)
{
    private readonly double _warmUp = schedule?.WarmUp?.ToSteps(stepsPerEpoch) ?? 0;

    /// <summary>Whether what was decided at epochs' ends has a part in it.</summary>
    public bool FollowsDecisions { get; } = schedule is ReduceOnPlateau;

    /// <summary>How many steps the rate rises for before the schedule begins.</summary>
    public long WarmUpSteps => (long)_warmUp;

    /// <param name="step">Counted from 0.</param>
    /// <param name="reductions">Plateaus met so far; 0 for any other schedule.</param>
    public double At(long step, int reductions = 0)
    {
        if (schedule is null)
            return rate;
        if (step < _warmUp)
            return (step + 1) / (_warmUp + 1) * After(0, reductions);
        return After(step - _warmUp, reductions);
    }

    /// <param name="step">Counted from the end of the warm-up.</param>
    private double After(double step, int reductions) => schedule switch
    {
        StepDecay decay => rate * DoubleMath.Pow(decay.Factor, Math.Floor(step / decay.Every.ToSteps(stepsPerEpoch))),
        ExponentialDecay decay => rate * DoubleMath.Pow(decay.Factor, step / decay.Every.ToSteps(stepsPerEpoch)),
        CosineDecay cosine => Along(rate, cosine.To, Part(step, cosine.Over)),
        LinearDecay linear => rate + (linear.To - rate) * Part(step, linear.Over),
        OneCycle cycle => Cycle(cycle, Part(step, null)),
        ReduceOnPlateau plateau => Math.Min(rate, Math.Max(plateau.To, rate * DoubleMath.Pow(plateau.Factor, reductions))),
        _ => rate,
    };

    private double Cycle(OneCycle cycle, double part)
    {
        var first = rate / cycle.Start;
        return part < cycle.Rise
            ? Along(first, rate, part / cycle.Rise)
            : Along(rate, first / cycle.End, (part - cycle.Rise) / (1 - cycle.Rise));
    }

    /// <summary>The part of the way that is behind: 0 after the warm-up, 1 at the end and beyond.</summary>
    private double Part(double step, Period? over)
    {
        var steps = (over?.ToSteps(stepsPerEpoch) ?? totalSteps) - _warmUp;
        return step >= steps ? 1 : step / steps;
    }

    /// <summary>From one rate to another along half a cosine.</summary>
    private static double Along(double from, double to, double part) => to + (from - to) * ((1 + DoubleMath.Cos(Math.PI * part)) / 2);
}
