namespace DistributedTrainer.Learning;

/// <summary>
/// Classes that the model itself gives to unlabelled rows (Lee 2013). They are a part of the state like running statistics, behind which
/// they lie in the parameter vector: an entry a row, 0 for none, else 1 + the class; then an entry a round, the number of rows that it
/// labelled. In a gradient vector the rows' entries hold what a slot's shards have labelled and 0 elsewhere, so that adding is exact.
/// </summary>
/// <param name="Rows">Unlabelled rows.</param>
/// <param name="Rounds">How often they are labelled, all anew each time.</param>
/// <param name="Every">Steps between: round k, from 0, is a part of step (k + 1) · Every.</param>
public sealed record PseudoLabels(int Rows, int Rounds, long Every)
{
    /// <summary>As many classes bfloat16 tells apart: 1 to 256 are whole numbers in it.</summary>
    public const int MostHalfClasses = 256;

    /// <summary>Index of the first entry in the vector.</summary>
    public int Begin { get; init; }

    public int Length => Rows + Rounds;

    /// <summary>The round that a step labels in; −1 for none.</summary>
    public int RoundAt(long step) => step > 0 && step % Every == 0 && step / Every <= Rounds ? (int)(step / Every) - 1 : -1;

    /// <summary>The class of a row; −1 where it has none.</summary>
    /// <param name="parameters">A version's vector.</param>
    public unsafe int ClassOf(float* parameters, int row) => (int)parameters[Begin + row] - 1;

    /// <summary>Rows that a round labelled; 0 before it.</summary>
    /// <param name="parameters">A version's vector.</param>
    public int Labelled(ReadOnlySpan<float> parameters, int round) => (int)parameters[Begin + Rows + round];

    /// <summary>left ← left and right together. Pointers are to whole vectors.</summary>
    public unsafe void Add(float* left, float* right)
    {
        for (var entry = Begin; entry < Begin + Rows; entry++)
            left[entry] += right[entry];
    }

    /// <summary>The entries after a step: those of its round, or as they were. Pointers are to whole vectors.</summary>
    /// <param name="labelled">The root's sum.</param>
    public unsafe void Update(float* current, float* next, float* labelled, long step)
    {
        var round = RoundAt(step);
        new ReadOnlySpan<float>((round < 0 ? current : labelled) + Begin, Rows).CopyTo(new Span<float>(next + Begin, Rows));
        new ReadOnlySpan<float>(current + Begin + Rows, Rounds).CopyTo(new Span<float>(next + Begin + Rows, Rounds));
        if (round < 0)
            return;
        var count = 0;
        for (var row = 0; row < Rows; row++)
            count += next[Begin + row] > 0 ? 1 : 0;
        next[Begin + Rows + round] = count;
    }
}
