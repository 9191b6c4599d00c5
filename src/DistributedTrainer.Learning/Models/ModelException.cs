namespace DistributedTrainer.Learning;

/// <summary>The model as written cannot be built.</summary>
public sealed class ModelException(string message) : Exception(message);
