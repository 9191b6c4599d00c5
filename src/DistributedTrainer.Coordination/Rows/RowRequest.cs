namespace DistributedTrainer.Coordination;

/// <summary>What a node without a job's data asks another one for.</summary>
/// <param name="Number">Grows with each request of a node; the answer carries it.</param>
/// <param name="Node">Who is asked.</param>
/// <param name="Rows">Numbers of rows; none for the data's description.</param>
/// <param name="Step">The step that needs them; −1 for somebody who waits now.</param>
public sealed record RowRequest(long Number, string Node, int[] Rows, long Step);
