namespace DistributedTrainer.Learning;

/// <summary>What bounds the gradient before the update: the batch's mean with its penalty.</summary>
public abstract record ClipSpec;

/// <summary>
/// The whole gradient times min(1, limit / (norm + 1e-6)), of its Euclidean norm over all trained parameters (Pascanu et al. 2013).
/// </summary>
public sealed record ClipNorm(double Limit) : ClipSpec;

/// <summary>Each element apart, to ±limit.</summary>
public sealed record ClipValue(double Limit) : ClipSpec;
