namespace DistributedTrainer.Learning;

/// <summary>A layer whose forward pass can take its weight in int8.</summary>
internal interface IQuantizable
{
    /// <summary>Its first axis counts the outputs, the others together what each of them sums.</summary>
    Parameter QuantizedWeight { get; }
}
