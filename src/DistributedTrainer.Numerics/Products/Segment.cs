namespace DistributedTrainer.Numerics;

/// <summary>
/// One leaf of a reduction tree over rows, written in postfix order: the rows of one non-empty slice, then the number of
/// pairwise additions (left + right) that follow once this leaf's chain is complete. A complete tree of n leaves has
/// n − 1 additions in all, the leaves (1)(1) of a pair being {Rows: 1, Merges: 0}, {Rows: 1, Merges: 1}.
/// </summary>
/// <param name="Rows">Rows of the slice, at least 1.</param>
/// <param name="Merges">Additions of the two newest partial sums after this leaf.</param>
public readonly record struct Segment(int Rows, int Merges);
