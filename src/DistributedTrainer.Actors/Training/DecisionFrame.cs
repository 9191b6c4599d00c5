using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>An epoch's decision as the head of a frame; the payload are the figures that it follows from.</summary>
internal static class DecisionFrame
{
    public static FrameHeader Of(EpochConcluded concluded, long authority)
    {
        var (figures, decision) = concluded;
        var (state, plateau) = (decision.State, decision.State.Plateau);
        return new FrameHeader
        {
            Kind = FrameKind.Decision,
            Term = authority,
            Step = decision.Version,
            IsFinal = decision.Stop,
            Part = (byte)(decision.KeepBest ? 1 : 0),
            Parts = (byte)(figures.IsFinal ? 1 : 0),
            Assignment = figures.Stamped,
            Sums = new StepSums(state.BestValue, state.PreviousTrainLoss, state.EpochsSinceBest),
            BestVersion = state.BestVersion,
            Extra = plateau.BestValue,
            SlotFirst = plateau.EpochsSinceBest,
            SlotEnd = plateau.Reductions,
            Piece = plateau.ReductionsBefore,
        };
    }

    public static EpochDecisionKnown Read(in FrameHeader header) => new(
        header.Step,
        header.IsFinal,
        header.Part == 1,
        new ConvergenceState(header.Sums.Loss, header.BestVersion, (int)header.Sums.Samples, header.Sums.Denominator)
        {
            Plateau = new PlateauState(header.Extra, header.SlotFirst, header.SlotEnd, header.Piece),
        });
}
