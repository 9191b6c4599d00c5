using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>
/// The block sums of the gradient's squares that a server has, its own and those of other ranges, for the last steps: one that takes a
/// range over may have to do them again. Servers come from the same numbers in the same order to the same factor; one that goes on from a
/// state that others made knows the factors of their last steps, and not the sums. A pure state machine.
/// </summary>
public sealed class NormLedger
{
    /// <summary>Two steps that a successor may be behind, the one under way, and one ahead.</summary>
    private const int Kept = 4;

    private readonly double _limit;
    private readonly (int First, int Count)[] _blocks;
    private readonly Step[] _steps;

    /// <param name="limit">Of the norm.</param>
    /// <param name="ranges">All ranges; the last one may have running statistics behind its parameters.</param>
    /// <param name="trained">Trained parameters of the whole vector.</param>
    public NormLedger(double limit, IReadOnlyList<ServerRange> ranges, int trained)
    {
        const int block = ParameterLayout.BlockLength;
        _limit = limit;
        _blocks = [.. ranges.Select(range => (range.Begin / block, (Math.Min(range.Begin + range.Length, trained) + block - 1) / block - range.Begin / block))];
        _steps = [.. Enumerable.Range(0, Kept).Select(_ => new Step(_blocks[^1].First + _blocks[^1].Count, ranges.Count))];
    }

    /// <summary>How many sums a range has.</summary>
    public int CountOf(int range) => _blocks[range].Count;

    /// <summary>Where a range's sums of a step are to be written; null where the step is too old, or the sums are here.</summary>
    public Span<double> Begin(int range, long step)
    {
        var kept = _steps[step % Kept];
        if (step < kept.Number || (step == kept.Number && kept.Has[range]))
            return null;
        if (step > kept.Number)
            kept.Begin(step);
        kept.Has[range] = true;
        return kept.Sums.AsSpan(_blocks[range].First, _blocks[range].Count);
    }

    /// <summary>A range's sums of a step; empty where they are not here.</summary>
    public ReadOnlySpan<double> Find(int range, long step)
    {
        var kept = _steps[step % Kept];
        return kept.Number == step && kept.Has[range] ? kept.Sums.AsSpan(_blocks[range].First, _blocks[range].Count) : default;
    }

    /// <summary>What the gradient of a step is multiplied by; null while sums of a range are missing.</summary>
    public float? Factor(long step)
    {
        var kept = _steps[step % Kept];
        if (kept.Number != step || (kept.Factor is null && kept.Has.AsSpan().Contains(false)))
            return null;
        return kept.Factor ??= GradientNorm.Factor(_limit, kept.Sums);
    }

    /// <summary>Takes the factor of a step from somebody who has made the version after it.</summary>
    public void Settle(long step, float factor)
    {
        var kept = _steps[step % Kept];
        if (step < kept.Number)
            return;
        if (step > kept.Number)
            kept.Begin(step);
        if (Factor(step) is { } known && !known.Equals(factor))
            throw new BrokenInvariantException($"the gradient of step {step} was multiplied by {factor} elsewhere, and here by {known}");
        kept.Factor = factor;
    }

    private sealed class Step(int blocks, int ranges)
    {
        public long Number { get; private set; } = -1;

        public double[] Sums { get; } = new double[blocks];

        public bool[] Has { get; } = new bool[ranges];

        public float? Factor { get; set; }

        public void Begin(long number)
        {
            (Number, Factor) = (number, null);
            Array.Clear(Has);
        }
    }
}
