using DistributedTrainer.Numerics;

namespace DistributedTrainer.Coordination;

/// <summary>What an experiment draws: by the scenario's seed, the run and the event, so that any one draw can be repeated alone.</summary>
/// <param name="repeat">The disturbed run, counted from 1.</param>
internal readonly struct Chance(ulong seed, int repeat)
{
    private readonly Philox _philox = new(seed, RandomPurpose.Experiment);

    /// <summary>In [0, 1), with 24 bits.</summary>
    /// <param name="use">What is drawn: Gap, Kind or Victim.</param>
    /// <param name="ordinal">Which of them.</param>
    public double Uniform(ChanceUse use, int ordinal) => (_philox.Word(ordinal, (uint)use, (uint)repeat, 0) >> 8) * (1.0 / (1 << 24));

    /// <summary>One of so many, from 0.</summary>
    public int Of(int count, ChanceUse use, int ordinal) => (int)(Uniform(use, ordinal) * count);
}

internal enum ChanceUse
{
    Gap,
    Kind,
    Victim,
}
