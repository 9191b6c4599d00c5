namespace DistributedTrainer.Data;

/// <summary>What the loss needs as the target: real values, a class index, or 0 and 1 of two classes.</summary>
public enum TargetType
{
    Values,
    Binary,
    Class,
}
