namespace DistributedTrainer.Learning;

/// <param name="Name">The layer's name.</param>
/// <param name="Kind">The job file's word for it.</param>
/// <param name="OutputShape">Shape of its output without the batch axis.</param>
/// <param name="Parameters">Number of floats it owns.</param>
public sealed record LayerSummary(string Name, string Kind, IReadOnlyList<int> OutputShape, int Parameters);
