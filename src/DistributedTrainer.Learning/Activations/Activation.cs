namespace DistributedTrainer.Learning;

/// <summary>Element-wise functions after a layer's sum (softmax: over the last axis). Job files write them hyphenated, lower case.</summary>
public enum Activation
{
    None,
    Relu,
    LeakyRelu,
    Elu,
    Sigmoid,
    Tanh,
    Gelu,
    GeluTanh,
    Silu,
    Softplus,
    Softmax,
}
