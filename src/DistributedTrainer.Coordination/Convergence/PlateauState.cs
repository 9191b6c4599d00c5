using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>What reducing the learning rate on a plateau remembers; a part of the epoch decision's state.</summary>
/// <param name="BestValue">The best watched figure so far; NaN before the first epoch.</param>
/// <param name="EpochsSinceBest">Since then, or since the last reduction.</param>
/// <param name="Reductions">Of the steps that follow the decision.</param>
/// <param name="ReductionsBefore">Of the epoch's steps that the decision ended: a server that is behind computes those again.</param>
public sealed record PlateauState(double BestValue, int EpochsSinceBest, int Reductions, int ReductionsBefore)
{
    public static PlateauState Start { get; } = new(double.NaN, 0, 0, 0);

    /// <summary>What follows an epoch that ended with a figure.</summary>
    public PlateauState After(ReduceOnPlateau rules, double value, bool largerIsBetter)
    {
        var isBest = double.IsNaN(BestValue) || (largerIsBetter ? value > BestValue + rules.MinDelta : value < BestValue - rules.MinDelta);
        if (isBest)
            return new PlateauState(value, 0, Reductions, Reductions);
        return EpochsSinceBest + 1 < rules.Patience
            ? new PlateauState(BestValue, EpochsSinceBest + 1, Reductions, Reductions)
            : new PlateauState(BestValue, 0, Reductions + 1, Reductions);
    }
}
