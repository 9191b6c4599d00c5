namespace DistributedTrainer.Learning;

/// <param name="Loss">Mean loss, without penalty.</param>
/// <param name="Metrics">Name and value in the order of the job file; accuracies are fractions.</param>
public sealed record Evaluation(double Loss, IReadOnlyList<KeyValuePair<string, double>> Metrics);
